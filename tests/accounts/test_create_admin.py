"""The first admin of an installation."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Assignment, User

pytestmark = pytest.mark.django_db


def test_the_first_admin_may_sign_in_with_the_printed_password_and_acts_for_the_nation():
    output = StringIO()
    call_command("create_admin", "kepala", stdout=output)
    user = User.objects.get(username="kepala")
    password = output.getvalue().split("kata sandi ")[1].removesuffix(". Ganti sesudah masuk.\n")
    assert user.check_password(password)
    assert list(user.assignments.values_list("role", "level")) == [("admin", "nation")]


def test_a_name_that_is_taken_changes_nothing():
    call_command("create_admin", "kepala", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("create_admin", "kepala", stdout=StringIO())
    assert Assignment.objects.count() == 1
