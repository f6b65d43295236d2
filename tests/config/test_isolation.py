"""What one test does is not seen by the next, also where it is committed. These run in this order."""

import pytest

from accounts.models import User
from devices.models import DeviceKind


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_has_the_reference_data() -> None:
    User.objects.create_user("somebody", password="rahasia-sekali")
    assert DeviceKind.objects.filter(code="server").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_next_one_has_it_again_and_nothing_else() -> None:
    assert User.objects.count() == 0
    assert DeviceKind.objects.filter(code="server").count() == 1
