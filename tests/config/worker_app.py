"""The product's Celery app with one more task, whose work a test can see."""

from pathlib import Path

from config.celery import app


@app.task(name="tests.leave_sign")
def leave_sign(path: str) -> None:
    """Create an empty file."""
    Path(path).touch()
