"""Builds one file of a monthly report in a process of its own, so that its memory can be measured.

``python -m bench.one_document CODE YYYY-MM FORMAT``; nothing is stored.
"""

import sys
from importlib import import_module

import django


def main(code: str, month: str, format: str) -> None:
    """Read the report of a region and write one of its files into nothing."""
    django.setup()
    # Only now can what needs models be loaded.
    contents = import_module("documents.contents")
    regions, months = import_module("reports.regions"), import_module("lib.months")
    found = contents.read_contents(regions.find_region(code), months.parse_month(month), made_by="Bench")
    if format == "pdf":
        import_module("documents.pdf").pdf_file(found, 1)
    else:
        import_module("documents.xlsx").xlsx_file(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
