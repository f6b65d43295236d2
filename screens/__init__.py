"""Every page of the product in a real browser, on a database of its own with the sample.

``make screenshots`` takes pictures of what ``screens/pages.py`` lists; ``tests/browser/`` checks the same list.
"""
