"""The product's settings with the addresses of ``bench.bare``."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare"
