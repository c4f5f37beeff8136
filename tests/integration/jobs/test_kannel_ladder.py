"""Somebody who is first to go takes a request from a plain phone: real web process and worker, and a real Kannel."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models.tables import ContactRequest, LadderCall, Unit
from server.context import utc_now
from server.services.answer_call import WORDS, Fate
from server.tokens import Tokens
from tests.support.kannel import CALLBACK_SECRET
from tests.support.ladders import seed_people
from tests.support.processes import wait_until
from tests.support.seed import seed_territory, send_request

PHONE = "+33639980021"
DOORS = {
    "SMS_KANNEL_URL": "http://brigade:essai@127.0.0.1:9/cgi-bin/sendsms",
    "SMS_KANNEL_FROM": "36112",
    "SMS_KANNEL_SECRET": CALLBACK_SECRET,
}


def test_one_text_each_way_and_the_request_has_its_gendarme(database, deployment, relay, start_kannel):
    now = utc_now()
    with database.transaction() as session:
        seed_territory(session)
        people = seed_people(session, session.scalars(select(Unit)).one(), now)
        people.first_to_go.mobile_phone = PHONE
        # It has waited long enough for the second step, not for the third.
        tokens = Tokens(deployment.environment["SECRET_KEY"].encode())
        began = now - timedelta(minutes=3)
        # A landline: the citizen is told by mail, and the operator carries the call alone.
        request_id = send_request(session, now=began, tokens=tokens, phone="+33465710012").request_id
    web = deployment.web(DOORS)
    kannel = start_kannel(web.url)
    deployment.worker({**relay.environment, **kannel.environment, "PUBLIC_URL": web.url})

    (carried,) = kannel.wait_for(1)
    assert carried.receiver == PHONE
    assert b"1 = je m'en charge" in carried.data

    def call() -> tuple[str, str | None]:
        with database.transaction() as session:
            found = session.scalars(select(LadderCall).filter_by(channel="sms")).one()
            return found.state, found.cause

    wait_until(lambda: call() == ("delivered", None), f"the report settles the call. {kannel.printed()}")

    kannel.answer(PHONE, "36112", "1")

    assert kannel.wait_for(2)[1].data.decode() == WORDS[Fate.TAKEN]
    with database.transaction() as session:
        assert session.get_one(ContactRequest, request_id).accepted_by_id == people.first_to_go.id
    printed = "".join(process.printed() for process in deployment.processes)
    assert "639980021" not in printed
