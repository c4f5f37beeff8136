from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from server.services.answer_call import AnswerCall, answer_call
from server.services.answer_reminder import AnswerReminder, answer_reminder
from server.services.receive_text import TextAnswer
from server.tokens import Tokens


def act_on_answer(session: Session, answer: TextAnswer, now: datetime, tokens: Tokens) -> None:
    """Do what an answer to a text message asks for, in the transaction that wrote the answer down.

    Each kind of message that asks something has its own service; an answer to any other is kept and does nothing.
    """
    if answer.call_id is not None:
        answer_call(session, AnswerCall(answer.call_id, answer.meaning), now, tokens)
    if answer.notice_id is not None:
        answer_reminder(session, AnswerReminder(answer.notice_id, answer.meaning), now, tokens)
