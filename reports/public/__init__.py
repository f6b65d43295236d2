"""What citizens read without signing in: whether a kecamatan records today, and if not, where and until when.

Outside the scope of assignments stand only names, places, distances and the public service status: no ticket, device,
person or free text leaves this package.
"""
