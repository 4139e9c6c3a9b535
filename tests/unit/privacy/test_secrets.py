"""Finding credentials: every documented form, few false alarms, linear time.

The values are made at run time from seeded random characters, so that nothing that looks like a
credential stands in this repository.
"""

from __future__ import annotations

import random
import string
import time
from itertools import pairwise
from pathlib import Path

import pytest

from camus.privacy import scan

LOWER = string.ascii_lowercase
UPPER = string.ascii_uppercase
DIGITS = string.digits
ALNUM = UPPER + LOWER + DIGITS
HEX = DIGITS + "abcdef"
WORD = ALNUM + "_-"
BASE64 = ALNUM + "+/"
BASE32 = UPPER + "234567"
CLASSES = {"A": ALNUM, "H": HEX, "W": WORD, "B": BASE64, "U": UPPER + DIGITS, "L": UPPER + LOWER}
CLASSES |= {"I": BASE32, "D": DIGITS, "l": LOWER + DIGITS, "G": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"}

# `{A36}` is 36 characters of class A. The parts between are each too short to be a form.
FORMS = """
AWS access key id|AK+IA{I16}
AWS access key id|AS+IA{I16}
AWS Bedrock key|AB+SK{B120}=
GitHub token|gh+p_{A36}
GitHub token|gh+o_{A36}
GitHub token|gh+u_{A36}
GitHub token|gh+s_{A36}
GitHub token|gh+r_{A76}
GitHub token|github+_pat_{A22}_{A59}
GitLab token|gl+pat-{A20}
GitLab token|gl+pat-{A27}.{l2}{l7}
GitLab token|gl+dt-{A20}
GitLab token|gl+rt-{A20}
GitLab token|gl+ptt-{H40}
GitLab token|gl+cbt-{A2}_{A20}
GitLab token|gl+oas-{H64}
Slack token|xo+xb-{D12}-{D12}-{A24}
Slack token|xo+xp-{D12}-{D12}-{D12}-{H32}
Slack token|xa+pp-1-A{U10}-{D13}-{H64}
Slack webhook|https://hooks.slack.+com/services/T{U9}/B{U9}/{A24}
Stripe key|sk+_live_{A24}
Stripe key|rk+_live_{A24}
Stripe key|sk+_test_{A99}
Stripe webhook secret|wh+sec_{A32}
Google API key|AI+za{A35}
Google OAuth token|ya+29.{A60}
Google client secret|GOC+SPX-{A28}
OpenAI key|sk+-{A20}T3Blbk+FJ{A20}
OpenAI key|sk+-proj-{W58}T3Blbk+FJ{W58}
API key of an OpenAI-compatible service|sk+-{A48}
API key of an OpenAI-compatible service|sk+-lf-{A36}
Anthropic key|sk+-ant-api03-{W90}AA
Anthropic key|sk+-ant-admin01-{W90}AA
OpenRouter key|sk+-or-v1-{H64}
Groq key|gs+k_{A52}
xAI key|xa+i-{A80}
Perplexity key|pp+lx-{A48}
Replicate token|r8+_{A37}
Hugging Face token|h+f_{L34}
npm token|np+m_{A36}
PyPI token|py+pi-AgEIcHlwaS5vcmc{W80}
RubyGems token|ruby+gems_{H48}
NuGet key|oy+2{l43}
crates.io token|ci+o{A32}
Docker Hub token|dckr+_pat_{A27}
Azure client secret|{A3}8+Q~{A34}
Azure storage key|AccountName=x;Account+Key={B86}==
Azure shared access key|SharedAccess+Key={B43}=
Azure signed URL|&si+g={B43}%3D
Twilio key|S+K{H32}
SendGrid key|S+G.{A22}.{A43}
Mailgun key|ke+y-{H32}
Mailchimp key|{H32}-us+12
Brevo key|xkey+sib-{H64}-{A16}
Telegram bot token|{D9}:A+A{A33}
Discord bot token|M{A23}.{A6}.{A27}
Discord webhook|https://discord.com/api/+webhooks/{D18}/{A68}
DigitalOcean token|do+p_v1_{H64}
Shopify token|shp+at_{H32}
Square token|sq+0atp-{A22}
Facebook token|E+AA{A120}
Heroku key|HR+KU-{H8}-{H4}-{H4}-{H4}-{H12}
Vault token|hv+s.{A24}
Terraform token|{A14}.atlas+v1.{A67}
Doppler token|d+p.pt.{A43}
Databricks token|da+pi{H32}
Linear key|li+n_api_{A40}
Notion token|nt+n_{A46}
Airtable token|pa+t{A14}.{H64}
Atlassian token|ATA+TT3x{A180}
Bitbucket token|AT+BB{A32}
Dropbox token|s+l.{A136}
Fly.io token|fm+2_{B140}
New Relic key|NR+AK-{U27}
Sentry token|sntr+ys_{A60}
Grafana token|gl+sa_{A32}_{H8}
Grafana token|gl+c_{A60}
Postman key|PM+AK-{H24}-{H34}
Pulumi token|pu+l-{H40}
PlanetScale token|psc+ale_tkn_{A43}
Supabase token|sb+p_{H40}
1Password token|ops_+eyJ{B250}
Alibaba key id|LT+AI{A20}
age key|AGE-SECRET-+KEY-1{G58}
Clojars token|CLO+JARS_{A60}
Buildkite token|bk+ua_{H40}
JSON web token|ey+J{A20}.ey+J{A60}.{W43}
""".strip().splitlines()

PLACES = """
password|db_password = "{A9}#+4k"
password|DB_PASSWORD={A9}!+4k
password|  password: {A9}@+4k
password|password: str = "{A9}#+4k"
password|"password": "{A12}7q",
password|if password == "hunt+er2":
password|mysqldump --password={A16}7q --all
password|pwd => '{A9}$+4k'
secret assigned to a name|SECRET_KEY = "{A50}"
secret assigned to a name|client_secret: "{W32}"
secret assigned to a name|aws_secret_access_key = {B40}
secret assigned to a name|export API_TOKEN={A40}
secret assigned to a name|ENV ACCESS_KEY={H40}
secret assigned to a name|config["api_key"] = "{H32}"
secret assigned to a name|const apiKey = `{A32}`;
secret assigned to a name|auth-token := "{H40}"
secret assigned to a name|os.environ.setdefault("API_KEY", "{A32}")
secret assigned to a name|https://api.example.org/v1?api_key={A32}
secret assigned to a name|"{{\\"token\\": \\"{A40}\\"}}"
random-looking literal|handle = "{A48}"
random-looking literal|sender: '{B44}'
password in a URL|postgresql://app:{A12}@db.internal:5432/app
password in a URL|mongodb+srv://app:{A12}@cluster0.mongodb.net/
password in a URL|redis://:{A12}@cache:6379/0
password in a URL|https://ci:{A20}@git.internal/x.git
authorisation header|curl -H "Authorization: Bearer {A40}"
authorisation header|headers = {{"Authorization": "Basic {A30}=="}}
password in a netrc file|machine api.internal login ci password {A12}
""".strip().splitlines()


def made(form: str, seed: int) -> str:
    """The form with its classes filled and the `+` between its parts taken out."""
    chance = random.Random(seed)
    text, rest = "", form.replace("{{", "\1").replace("}}", "\2")
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        text += before.replace("+", "") + "\0".join(
            ["", *chance.choices(CLASSES[name[0]], k=int(name[1:])), ""]
        )
    return (text + rest.replace("+", "")).replace("\0", "").replace("\1", "{").replace("\2", "}")


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.split("|")[1][:24])
@pytest.mark.parametrize(
    "around", ["{}", "x = '{}'\n", 'call("\\n{}")', "key: {} # note", "({}, 1)"]
)
def test_a_provider_s_credential_is_found_wherever_it_stands(row: str, around: str) -> None:
    kind, _, form = row.partition("|")
    for seed in range(5):
        value = made(form, seed)
        text = around.format(value)
        found = scan(text)
        assert [secret.kind for secret in found] == [kind], text
        covered = text[found[0].span.start : found[0].span.end]
        assert covered in value or value in covered
        assert len(covered) >= len(value) - len("https://discord.com/api/webhooks/")


@pytest.mark.parametrize("row", PLACES, ids=lambda row: row.split("|")[1][:40])
def test_a_credential_without_a_form_is_found_by_its_place(row: str) -> None:
    kind, _, form = row.partition("|")
    hits = [scan(f"before\n{made(form, seed)}\nafter\n") for seed in range(20)]
    named = [found for found in hits if [secret.kind for secret in found] == [kind]]
    assert len(named) >= 18, [made(form, seed) for seed in range(20)]


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(FORMS) + len(PLACES) >= 80
    assert len(ordinary()) >= 120


def ordinary() -> list[str]:
    return (Path(__file__).with_name("ordinary.txt")).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", ordinary())
def test_ordinary_code_is_no_credential(line: str) -> None:
    assert scan(line) == ()


def test_all_ordinary_lines_together_hold_no_credential() -> None:
    text = "\n".join(ordinary())
    assert [text[s.span.start : s.span.end] for s in scan(text)] == []


@pytest.mark.parametrize("name", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "PGP "])
@pytest.mark.parametrize("newline", ["\n", "\\n", "\r\n"])
def test_a_private_key_is_found_from_its_header_to_its_end(name: str, newline: str) -> None:
    block = " BLOCK" if name == "PGP " else ""
    lines = [made("{B64}", seed) for seed in range(6)]
    key = newline.join(
        [
            f"-----BEGIN {name}PRIVATE KEY{block}-----",
            *lines,
            f"-----END {name}PRIVATE KEY{block}-----",
        ]
    )
    text = f'KEY = """{key}"""\nx = 1\n'
    (secret,) = scan(text)
    assert text[secret.span.start : secret.span.end] == key
    assert secret.kind == f"{name.strip().lower()} private key".strip()


def test_a_private_key_cut_off_in_the_middle_is_held_back_to_the_end() -> None:
    text = "-----BEGIN PRIVATE KEY-----\n" + made("{B64}", 1) + "\n" + made("{B64}", 2)
    (secret,) = scan(text)
    assert secret.span.end == len(text)


def test_two_keys_in_one_file_are_two_secrets() -> None:
    one = f"-----BEGIN PRIVATE KEY-----\n{made('{B64}', 1)}\n-----END PRIVATE KEY-----\n"
    assert len(scan(one + "x = 1\n" + one)) == 2


def test_a_putty_key_is_found() -> None:
    body = made("{B64}", 1) + "\n" + made("{B40}", 2) + "\n"
    (secret,) = scan(
        f"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 2\n{body}Private-MAC: 0\n"
    )
    assert secret.kind == "private key"


def test_overlapping_finds_become_one_that_covers_all() -> None:
    token = made("gh+p_{A36}", 1)
    text = f"https://user:{token}@github.com/x password='{token}'"
    found = scan(text)
    assert [text[s.span.start : s.span.end] for s in found] == [token, token]
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))


def test_a_secret_never_shows_its_value() -> None:
    token = made("gh+p_{A36}", 1)
    assert token not in repr(scan(token))


MEGABYTE = 1_000_000
HOSTILE = [
    "a",
    "A1b2",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n" + "A" * 60,
    "password",
    "password=",
    "password = '",
    "token: a ",
    "token" + " " * 20,
    "secret_" + "-" * 30,
    "eyJ-",
    "eyJaaaaaaaa.eyJ",
    "://",
    "://a:",
    "://" + "a" * 99 + ":",
    "sk-",
    "sk-proj-",
    "glpat-",
    "pypi-Ag",
    "machine a login ",
    "Authorization: Bearer ",
    "M" * 24 + ".",
    "x = '" + "A1b" * 20,
    "api_key" + "=" * 9,
    "Private-Lines: 1\nAAAA\n",
    '"',
    "\\n",
    "\n",
]


@pytest.mark.parametrize("piece", HOSTILE, ids=lambda piece: repr(piece)[:30])
def test_hostile_text_is_scanned_to_its_end(piece: str) -> None:
    """Half a megabyte of it would take a scan of quadratic time many minutes."""
    size = MEGABYTE // 2
    text = (piece * (size // len(piece) + 1))[:size]
    started = time.process_time()
    scan(text)
    assert time.process_time() - started < 10
