"""``make bench``: how fast the product is at national scale, as figures and ratios (design.md, section 7).

``database`` makes the data once, ``work`` measures rollups, imports and reports, ``pages`` the dashboards behind a real
gunicorn. Nothing here is asserted: a busy machine makes figures worse, not the product.
"""
