"""Our tokens before a judge who shares no code with us: the Web Cryptography of Node."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from push.vapid import Vapid, VapidKey

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/web_push.json"
JUDGE = """
const tokens = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
async function holds({ jwt, k }) {
  const [header, claims, signature] = jwt.split(".");
  const { alg } = JSON.parse(Buffer.from(header, "base64url"));
  const key = await crypto.subtle.importKey("raw", Buffer.from(k, "base64url"), ES256, false, ["verify"]);
  const signed = Buffer.from(`${header}.${claims}`);
  return alg === "ES256" && crypto.subtle.verify(ES256, key, Buffer.from(signature, "base64url"), signed);
}
Promise.all(tokens.map(holds)).then((verdicts) => console.log(JSON.stringify(verdicts)));
"""


def judge(*tokens: dict[str, str]) -> list[bool]:
    done = subprocess.run(["node", "-e", JUDGE], input=json.dumps(tokens), capture_output=True, text=True, check=True)
    verdicts: list[bool] = json.loads(done.stdout)
    return verdicts


@pytest.fixture
def of_the_standard() -> dict[str, str]:
    vector: dict[str, str] = json.loads(FIXTURE.read_text())["vapid_rfc8292"]
    return {"jwt": vector["jwt"], "k": vector["k"]}


def _ours(audience: str) -> dict[str, str]:
    key = VapidKey.make()
    vapid = Vapid([key], "mailto:brigade@example.gouv.fr")
    header = vapid.authorization(audience, key.public, datetime(2026, 11, 27, 9, tzinfo=UTC))
    scheme, _, rest = header.partition(" ")
    # RFC 8292, section 3: the scheme, then t and k as parameters.
    parameters = dict(one.strip().split("=", 1) for one in rest.split(","))
    assert (scheme, set(parameters)) == ("vapid", {"t", "k"})
    return {"jwt": parameters["t"], "k": parameters["k"]}


def test_an_independent_verifier_accepts_our_tokens(of_the_standard: dict[str, str]) -> None:
    ours = [_ours(f"https://push-{number}.example.net") for number in range(20)]
    foreign = {"jwt": ours[0]["jwt"], "k": ours[1]["k"]}
    # The judge knows right from wrong: the standard's own token, and one under somebody else's key.
    assert judge(of_the_standard, foreign, *ours) == [True, False, *[True] * 20]
