"""The same reports again and again from several phones at once: one ticket each, one answer each."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from bench.soak.rounds import Answer, Report, Send, make_reports, soak, sound

SUBMISSIONS, RESENDS, PHONES = 200, 8, 4


def phone_of(user: User) -> Send:
    client = Client()
    client.force_login(user)

    def send(report: Report) -> Answer:
        answer = client.post(report.path, report.body, headers={"X-Outbox-User": str(user.pk)})
        return Answer(answer.status_code, answer.json().get("url", ""))

    return send


@pytest.mark.django_db(transaction=True)
def test_each_report_becomes_one_ticket_and_each_resend_gets_its_answer() -> None:
    operator, reports = make_reports(SUBMISSIONS)
    outcome = soak(reports, RESENDS, [phone_of(operator) for _ in range(PHONES)])
    assert outcome == sound(SUBMISSIONS, RESENDS)
