"""One HTTP request to a provider, with every accident named: taken for sure, not taken for sure, or nobody knows."""

from __future__ import annotations

from collections.abc import Mapping

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from push.failures import TemporaryFailure
from push.sms.gateway import ANSWER_WITHIN_S, CONNECT_WITHIN_S, MayHaveLeft


def post(
    url: str,
    data: bytes | Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    answer_within_s: float = ANSWER_WITHIN_S,
) -> requests.Response:
    """POST once: no retry and no redirect, which could take a number and a text to another host.

    Raises:
        TemporaryFailure: the provider has certainly not got the request.
        MayHaveLeft: it may have.
    """
    try:
        return requests.post(
            url,
            data=data,
            headers=headers,
            auth=auth,
            timeout=(CONNECT_WITHIN_S, answer_within_s),
            allow_redirects=False,
        )
    # The library's own exceptions quote the address, and with it passwords: only their kind is kept.
    except requests.exceptions.SSLError:
        raise TemporaryFailure("tls") from None
    except requests.exceptions.ConnectTimeout:
        raise TemporaryFailure("connect_timeout") from None
    except requests.exceptions.ReadTimeout:
        raise MayHaveLeft("timeout") from None
    except requests.exceptions.ConnectionError as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError):
            raise TemporaryFailure("connection_refused") from None
        raise MayHaveLeft("disconnected") from None
    except requests.exceptions.RequestException:
        raise MayHaveLeft("broken_answer") from None
