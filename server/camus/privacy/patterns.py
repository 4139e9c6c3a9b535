"""The documented forms of credentials, one row each; decides nothing about a match.

Every pattern begins with a literal or sits behind a boundary its own characters cannot cross, and
every repetition is bounded or possessive, so that a scan takes time linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A credential recognised by its own form.

    `hint` is a literal that any match holds, and begins with when `leads`: looking for it first
    is much faster than running the pattern. The credential is group 1, or the whole match.
    """

    kind: str
    hint: str
    pattern: re.Pattern[str]
    leads: bool


_START = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-F]{2}))"
"""Not in the middle of a word; an escape such as `\\n` in a literal ends a word too."""


def _row(kind: str, hint: str, pattern: str, end: str = r"(?![A-Za-z0-9])") -> Provider:
    leads = pattern.replace("\\", "").startswith(hint)
    return Provider(kind, hint, re.compile(f"{_START}{pattern}{end}"), leads)


_W = "[A-Za-z0-9_-]"
_A = "[A-Za-z0-9]"
_H = "[0-9a-f]"

PROVIDERS: tuple[Provider, ...] = (
    *(
        _row("AWS access key id", hint, rf"{hint}[A-Z2-7]{{16}}")
        for hint in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    _row("AWS Bedrock key", "ABSK", r"ABSK[A-Za-z0-9+/]{100,140}+={0,2}", ""),
    *(
        _row("GitHub token", hint, rf"{hint}{_A}{{36,255}}+")
        for hint in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")
    ),
    _row("GitHub token", "github_pat_", rf"github_pat_{_A}{{22}}_{_A}{{59}}"),
    *(
        _row("GitLab token", hint, rf"{hint}{_W}{{20,300}}+(?:\.{_A}{{2,12}}){{0,2}}", "")
        for hint in ("glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-", "glimt-", "glagent-")
    ),
    _row("GitLab token", "glcbt-", rf"glcbt-{_A}{{1,5}}_{_W}{{20,64}}+", ""),
    _row("GitLab token", "gloas-", rf"gloas-{_H}{{64}}"),
    _row("Slack token", "xox", rf"xox[abeoprs]-{_W}{{10,250}}+", ""),
    _row("Slack token", "xapp-", rf"xapp-\d-[A-Z0-9]{{5,20}}-\d{{8,20}}-{_A}{{20,128}}+"),
    _row(
        "Slack webhook",
        "hooks.slack.com/",
        rf"hooks\.slack\.com/(?:services|workflows)/({_A}{{6,14}}/{_A}{{6,14}}/{_A}{{16,64}}+)",
    ),
    *(
        _row("Stripe key", hint, rf"{hint}(?:live|test|prod)_{_A}{{16,247}}+")
        for hint in ("sk_", "rk_")
    ),
    _row("Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/]{32,64}+={0,2}", ""),
    _row("Google API key", "AIza", rf"AIza{_W}{{35}}", r"(?![A-Za-z0-9_-])"),
    _row("Google OAuth token", "ya29.", rf"ya29\.{_W}{{20,1024}}+", ""),
    _row("Google client secret", "GOCSPX-", rf"GOCSPX-{_W}{{28}}", r"(?![A-Za-z0-9_-])"),
    _row("OpenAI key", "T3BlbkFJ", rf"sk-{_W}{{20,200}}?T3BlbkFJ{_W}{{20,200}}+", ""),
    _row("Anthropic key", "sk-ant-", rf"sk-ant-{_A}{{3,12}}-{_W}{{24,200}}+", ""),
    _row("OpenRouter key", "sk-or-", rf"sk-or-v\d-{_H}{{64}}"),
    _row(
        "API key of an OpenAI-compatible service",
        "sk-",
        rf"sk-(?:(?:proj|svcacct|admin|lf|None)-{_W}{{32,250}}+|{_A}{{32,64}}+)",
    ),
    _row("Groq key", "gsk_", rf"gsk_{_A}{{48,56}}+"),
    _row("xAI key", "xai-", rf"xai-{_A}{{70,100}}+"),
    _row("Perplexity key", "pplx-", rf"pplx-{_A}{{40,64}}+"),
    _row("Replicate token", "r8_", rf"r8_{_A}{{37,40}}+"),
    _row("Hugging Face token", "hf_", r"hf_[A-Za-z]{34,40}+"),
    _row("npm token", "npm_", rf"npm_{_A}{{36}}"),
    _row("PyPI token", "pypi-Ag", rf"pypi-Ag{_W}{{50,1000}}+", ""),
    _row("RubyGems token", "rubygems_", rf"rubygems_{_H}{{48}}"),
    _row("NuGet key", "oy2", r"oy2[a-z0-9]{43}"),
    _row("crates.io token", "cio", rf"cio{_A}{{32}}"),
    _row("Docker Hub token", "dckr_", rf"dckr_[op]at_{_W}{{27,60}}+", ""),
    _row("Azure client secret", "Q~", r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}+", ""),
    _row("Azure storage key", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)", ""),
    _row(
        "Azure shared access key",
        "SharedAccessKey=",
        r"SharedAccessKey=([A-Za-z0-9+/]{40,90}+={1,2})",
        "",
    ),
    _row("Azure signed URL", "sig=", r"sig=([A-Za-z0-9+/%]{43,90}?(?:=|%3[Dd]))", ""),
    _row("Azure key", "JQQJ99", rf"{_A}{{52}}JQQJ99{_A}{{2}}[A-Za-z0-9+/]{{12,40}}+={{0,2}}", ""),
    _row("Twilio key", "SK", rf"SK{_H}{{32}}"),
    _row("SendGrid key", "SG.", rf"SG\.{_W}{{16,32}}\.{_W}{{32,64}}+", ""),
    _row("Mailgun key", "key-", rf"key-{_H}{{32}}"),
    _row("Mailchimp key", "-us", rf"{_H}{{32}}-us\d{{1,2}}"),
    _row("Brevo key", "xkeysib-", rf"xkeysib-{_H}{{64}}-{_A}{{16}}"),
    _row("Telegram bot token", ":AA", rf"\d{{8,10}}:AA{_W}{{32,33}}", r"(?![A-Za-z0-9_-])"),
    _row(
        "Discord bot token",
        ".",
        rf"[MNO]{_A}{_W}{{22,26}}\.{_W}{{6}}\.{_W}{{27,38}}",
        r"(?![A-Za-z0-9_-])",
    ),
    _row(
        "Discord webhook",
        "/api/webhooks/",
        rf"discord(?:app)?\.com/api/webhooks/(\d{{17,20}}/{_W}{{60,72}})",
        "",
    ),
    *(
        _row("DigitalOcean token", hint, rf"{hint}{_H}{{64}}")
        for hint in ("dop_v1_", "doo_v1_", "dor_v1_")
    ),
    *(
        _row("Shopify token", hint, rf"{hint}[0-9a-fA-F]{{32}}")
        for hint in ("shpat_", "shpca_", "shppa_", "shpss_")
    ),
    _row("Square token", "sq0", rf"sq0(?:atp|csp|idp)-{_W}{{22,43}}", r"(?![A-Za-z0-9_-])"),
    _row("Facebook token", "EAA", rf"EAA{_A}{{90,400}}+"),
    _row("Heroku key", "HRKU-", rf"HRKU-{_W}{{36,64}}+", ""),
    *(
        _row("Vault token", hint, rf"{hint}{_W}{{24,300}}+", "")
        for hint in ("hvs.", "hvb.", "hvr.")
    ),
    _row("Terraform token", ".atlasv1.", rf"{_A}{{14}}\.atlasv1\.{_W}{{60,70}}", ""),
    _row("Doppler token", "dp.", rf"dp\.(?:pt|st|ct|sa|scim|audit)\.{_W}{{40,80}}+", ""),
    _row("Databricks token", "dapi", rf"dapi{_H}{{32}}(?:-\d)?"),
    _row("Linear key", "lin_", rf"lin_(?:api|oauth)_{_A}{{40,64}}+"),
    _row("Notion token", "ntn_", rf"ntn_{_A}{{40,50}}+"),
    _row("Airtable token", "pat", rf"pat{_A}{{14}}\.{_H}{{64}}"),
    _row("Atlassian token", "ATATT3x", r"ATATT3x[A-Za-z0-9_=-]{100,300}+", ""),
    _row("Bitbucket token", "ATBB", rf"ATBB{_A}{{32}}"),
    _row("Dropbox token", "sl.", rf"sl\.{_W}{{130,250}}+", ""),
    _row("Fly.io token", "fm", r"fm[12][ar]?_[A-Za-z0-9+/]{100,600}+={0,2}", ""),
    _row("New Relic key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    _row("Sentry token", "sntry", r"sntry[su]_[A-Za-z0-9+/=_-]{50,300}+", ""),
    _row("Grafana token", "glsa_", rf"glsa_{_A}{{32}}_[0-9a-fA-F]{{8}}"),
    _row("Grafana token", "glc_", r"glc_[A-Za-z0-9+/]{32,400}+={0,2}", ""),
    _row("Postman key", "PMAK-", rf"PMAK-{_H}{{24}}-{_H}{{34}}"),
    _row("Pulumi token", "pul-", rf"pul-{_H}{{40}}"),
    _row("PlanetScale token", "pscale_", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}+", ""),
    _row("Supabase token", "sbp_", rf"sbp_{_H}{{40}}"),
    _row("1Password token", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/]{200,2000}+={0,2}", ""),
    _row("Alibaba key id", "LTAI", rf"LTAI{_A}{{17,21}}"),
    _row("age key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    _row("Clojars token", "CLOJARS_", rf"CLOJARS_{_A}{{60}}"),
    _row("Buildkite token", "bkua_", rf"bkua_{_H}{{40}}"),
    _row(
        "password in a netrc file",
        "machine",
        r"machine\s{1,8}\S{1,200}+\s{1,8}login\s{1,8}\S{1,200}+\s{1,8}password\s{1,8}(\S{4,200}+)",
        "",
    ),
    _row(
        "JSON web token",
        "eyJ",
        rf"eyJ{_W}{{8,2000}}+\.eyJ{_W}{{8,8000}}+\.{_W}{{16,2000}}+",
        "",
    ),
    _row(
        "authorisation header",
        "uthorization",
        r"(?:[Aa]uthorization)[\"']?\]?\s{0,3}[:=,]\s{0,3}f?[\"']?"
        r"(?:[Bb]earer|[Bb]asic|[Tt]oken)\s{1,3}([A-Za-z0-9+/=._~-]{16,2000}+)",
        "",
    ),
)

URL_PASSWORD = re.compile(
    r"://[^\s:/?#@\"'`<>()\[\]{}]{0,100}:([^\s/@\"'`<>]{3,200})@[A-Za-z0-9.\[]"
)
"""`scheme://user:password@host`; the scheme is not looked at, since it has no fixed length."""

KEY_HEADER = re.compile(r"-----BEGIN ([A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----")
PUTTY_KEY = re.compile(r"Private-Lines: \d{1,3}\r?\n((?:[A-Za-z0-9+/=]{4,80}\r?\n?){1,100}+)")

ASSIGNMENT = re.compile(
    r"(?P<keyword>pass(?:word|wd|phrase|code)|(?<![a-z])pass(?![a-z])|pwd|secret|token|credentials?|"
    r"(?:api|access|auth|account|private|secret|signing|encryption|master|service|storage)"
    r"[_\- ]?key|apikey|bearer)"
    r"(?P<rest>[\w.\-]{0,24}+)[\"'`\])\\]{0,3}"
    r"(?:\s{0,3}:\s{0,3}[A-Za-z_&][\w.\[\]| <>&']{0,40}?(?=\s?=))?"
    r"\s{0,8}(?P<sign>:=|=>|={1,3}|!=|:|,)\s{0,8}"
    r"(?:[rbfu]{0,2}\\?(?P<quote>[\"'`])(?P<quoted>[^\"'`\s]{6,300})(?P=quote)"
    r"|(?P<bare>[^\s\"'`,;()\[\]{}<>]{6,300}+))",
    re.IGNORECASE,
)
"""A name that promises a secret, the rest of the name, and a quoted or a bare value."""

LITERAL = re.compile(
    r"(?<!\w)(?P<name>[A-Za-z_][\w.\-]{0,60}+)[\"'\]]{0,2}\s{0,3}(?::=|=>|=|:)\s{0,3}"
    r"[bru]?(?P<quote>[\"'`])(?P<value>[A-Za-z0-9+/_=\-]{32,256})(?P=quote)"
)
"""Any name and a long literal without blanks."""
