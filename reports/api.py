"""What the dashboards say, for programs."""

from __future__ import annotations

from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from lib.months import parse_month
from reports.regions import UnknownRegion, current_month, find_region
from reports.selectors import report


@api_view(["GET"])
def region_report(request: Request, code: str) -> Response:
    """Return the report of a region; ``month`` is ``YYYY-MM``, without it the current month of the region."""
    try:
        region = find_region(code, request.user)
    except UnknownRegion as error:
        raise NotFound(str(error)) from None
    asked = request.query_params.get("month")
    try:
        month = parse_month(asked) if asked else current_month(region)
    except ValueError as error:
        raise ValidationError({"month": str(error)}) from None
    return Response(report(region, month))
