"""The addresses of the citizen's pages, each in both languages, and the way from one language to the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, request, url_for

from server import i18n

# Page → its French and its English address; the mails and the API write follow links with these same words.
ADDRESSES: dict[str, tuple[str, str]] = {
    "home": ("/", "/en/"),
    "contact": ("/contact", "/en/contact"),
    "book": ("/rendez-vous", "/en/appointment"),
    "find": ("/suivi", "/en/follow"),
    "follow": ("/suivi/<token>", "/en/follow/<token>"),
    "sent": ("/suivi/<token>/envoyee", "/en/follow/<token>/sent"),
    "state": ("/suivi/<token>/etat", "/en/follow/<token>/state"),
    "copy": ("/suivi/<token>/copie", "/en/follow/<token>/copy"),
    # In the folder of the pages that it may reach; a token has no dot in it.
    "worker": ("/suivi/service-worker.js", "/en/follow/service-worker.js"),
    # Makes an app of a page on the home screen of those telephones that only tell apps.
    "manifest": ("/suivi/page.webmanifest", "/en/follow/page.webmanifest"),
    "word": ("/suivi/<token>/mot", "/en/follow/<token>/word"),
    "withdraw": ("/suivi/<token>/annuler", "/en/follow/<token>/withdraw"),
    # How it was, once it is over.
    "opinion": ("/suivi/<token>/avis", "/en/follow/<token>/opinion"),
    # Over what they are told: the form; for scripts, this browser, and a browser that has changed its address.
    "preferences": ("/suivi/<token>/preferences", "/en/follow/<token>/preferences"),
    "unsubscribe": ("/suivi/<token>/desabonnement", "/en/follow/<token>/unsubscribe"),
    "notifications": ("/suivi/<token>/notifications", "/en/follow/<token>/notifications"),
    # No token has so few letters.
    "renew": ("/suivi/abonnement", "/en/follow/subscription"),
    # Of a booking only.
    # Where a reminder leads: they say that they come; that they do not, at "withdraw".
    "coming": ("/suivi/<token>/je-viens", "/en/follow/<token>/coming"),
    "move": ("/suivi/<token>/deplacer", "/en/follow/<token>/move"),
    "earlier": ("/suivi/<token>/plus-tot", "/en/follow/<token>/earlier"),
    "offer": ("/suivi/<token>/proposition", "/en/follow/<token>/offer"),
    "calendar": ("/suivi/<token>/rendez-vous.ics", "/en/follow/<token>/appointment.ics"),
    "accessibility": ("/accessibilite", "/en/accessibility"),
    "privacy": ("/donnees-personnelles", "/en/privacy"),
    "legal": ("/mentions-legales", "/en/legal"),
}

# Addresses that no one can stand on: the fragment that scripts fetch, and those that only take something.
NO_PAGES = ("state", "earlier", "offer", "opinion", "preferences", "unsubscribe", "notifications")

NAME = "citizen"
View = Callable[..., Any]


def add(target: Blueprint, page: str, view: View, methods: Sequence[str] = ("GET",)) -> None:
    """Answer at both addresses of `page` with `view`, which reads the language from the address."""
    for language, rule in zip(i18n.LANGUAGES, ADDRESSES[page], strict=True):
        target.add_url_rule(rule, endpoint=f"{page}_{language}", view_func=view, methods=list(methods))


def address(page: str, language: str | None = None, **values: Any) -> str:
    """The address of a page, by default in the language of this request."""
    return url_for(f"{NAME}.{page}_{language or i18n.language()}", **values)


def in_other_language() -> str:
    """The address of this very page in the other language; the home page where this is no page of ours."""
    other = i18n.other_language()
    endpoint = request.endpoint or ""
    if not endpoint.startswith(f"{NAME}."):
        return address("home", other)
    page = endpoint.removeprefix(f"{NAME}.").rpartition("_")[0]
    return address("follow" if page in NO_PAGES else page, other, **(request.view_args or {}))
