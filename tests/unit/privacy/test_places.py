"""Where code sent to a URL ends up at."""

from __future__ import annotations

import pytest

from camus.privacy import THIS_MACHINE, Destination, destination_of, name_of


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://localhost:11434",
        "http://LOCALHOST:11434/v1",
        "http://localhost.:11434",
        "localhost:11434",
        "http://127.0.0.1:8080",
        "http://127.200.3.4",
        "https://127.0.0.1",
        "http://[::1]:11434/",
        "http://[::ffff:127.0.0.1]:11434",
        "http://0.0.0.0:11434",
        "http://[::]:11434",
        "http://user:password@127.0.0.1:11434",
        "http://localhost#@evil.com/",
        "http://localhost/@evil.com",
        "http://localhost?@evil.com",
    ],
)
def test_loopback_is_this_machine(url: str) -> None:
    assert destination_of(url) == THIS_MACHINE


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1", "api.openai.com"),
        ("https://API.OpenAI.com:443/v1", "api.openai.com"),
        ("https://api.openai.com:8443", "api.openai.com:8443"),
        ("http://api.openai.com", "api.openai.com:80"),
        ("http://gpu-box:11434", "gpu-box:11434"),
        ("gpu-box:11434", "gpu-box:11434"),
        ("http://192.168.1.20:11434", "192.168.1.20:11434"),
        ("https://[2001:db8::1]:8000", "[2001:db8::1]:8000"),
        ("http://[::ffff:192.168.1.20]:80", "[::ffff:192.168.1.20]:80"),
        ("ftp://host", "ftp://host"),
        ("http://localhost.evil.com", "localhost.evil.com:80"),
        ("http://127.0.0.1.evil.com", "127.0.0.1.evil.com:80"),
        ("https://localhost@evil.com/", "evil.com"),
        ("https://127.0.0.1:80@evil.com/", "evil.com"),
        ("https://evil.com#@localhost", "evil.com"),
        ("http://2130706433", "2130706433:80"),
        ("http://127.1", "127.1:80"),
        ("http://0x7f.0.0.1", "0x7f.0.0.1:80"),
        ("https://аpple.com", "xn--pple-43d.com"),
        ("https://ｌocalhost", "localhost"),
    ],
)
def test_everything_else_is_remote_under_the_name_a_user_reads(url: str, name: str) -> None:
    assert destination_of(url) == Destination(name, local=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.com\\@localhost",
        "http://local host",
        "http://localhost\n.evil.com",
        "http://localhost\t@evil.com",
        "http://a@b@localhost",
        "http://localhost:99999",
        "http://localhost:port",
        "http://[::1",
        "http://",
        "http:///path",
        "http://\u202elocalhost",
        "http://" + "ü" * 80,
    ],
)
def test_an_address_that_two_readers_read_differently_is_remote_and_cannot_be_consented_to(
    url: str,
) -> None:
    place = destination_of(url)
    assert not place.local
    assert "unreadable" in place.name
    with pytest.raises(ValueError, match="names no destination"):
        name_of(url)


@pytest.mark.parametrize(
    "id", ["gpt-oss:120b-cloud", "qwen3-coder:480b-cloud", "glm-4.6:cloud", "X:CLOUD"]
)
def test_a_cloud_model_on_loopback_is_its_service(id: str) -> None:
    place = destination_of("http://localhost:11434", served_as=id)
    assert place == Destination("ollama.com", local=False)


@pytest.mark.parametrize("id", ["cloudy:7b", "cloud-coder", "my-cloud-model:7b", "llama3"])
def test_a_model_that_only_sounds_like_it_stays_here(id: str) -> None:
    assert destination_of("http://localhost:11434", served_as=id).local


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"remote_host": "https://ollama.com:443"}, "ollama.com"),
        ({"remote_host": "https://ollama.com", "remote": False}, "ollama.com"),
        ({"remote_host": "https://ollama.com", "served_as": "x:cloud"}, "ollama.com"),
        ({"remote_host": "models.corp"}, "models.corp"),
        ({"remote_host": "http://127.0.0.1:9"}, "localhost"),
        ({"remote": True}, "localhost:11434"),
        ({"proxy": "http://proxy.corp:3128"}, "proxy.corp:3128"),
        ({"proxy": "http://proxy.corp:3128", "remote": False}, "proxy.corp:3128"),
        ({"proxy": "http://gpu-box:3128", "remote": False}, "gpu-box:3128"),
        ({"proxy": "http://localhost:3128"}, "localhost:3128"),
    ],
)
def test_loopback_that_forwards_is_the_place_it_forwards_to(
    facts: dict[str, object], expected: str
) -> None:
    place = destination_of("http://localhost:11434", **facts)  # type: ignore[arg-type] # a table
    assert place == Destination(expected, local=False)


def test_a_user_can_say_that_a_name_or_a_local_proxy_forwards_nowhere() -> None:
    url = "http://localhost:11434"
    assert destination_of(url, served_as="my-cloud", remote=False) == THIS_MACHINE
    assert destination_of(url, proxy="http://localhost:3128", remote=False) == THIS_MACHINE
    assert destination_of("", remote=True) == Destination("localhost", local=False)


def test_several_hops_are_all_named() -> None:
    lan = "http://gpu-box:11434"
    assert destination_of(lan, served_as="x:cloud").name == "gpu-box:11434+ollama.com"
    assert destination_of(lan, proxy="http://p:1").name == "p:1+gpu-box:11434"
    assert destination_of("https://ollama.com", served_as="x-cloud").name == "ollama.com"
    assert destination_of("https://api.openai.com", proxy="http://p:1").name == "api.openai.com"


@pytest.mark.parametrize(
    "url", ["http://gpu-box:1", "http://10.0.0.3:1", "http://box.local:1", "http://[fd00::1]:1"]
)
def test_a_user_can_declare_a_host_of_a_private_network_local(url: str) -> None:
    assert not destination_of(url).local
    assert destination_of(url, remote=False).local


@pytest.mark.parametrize("url", ["https://api.openai.com", "http://8.8.8.8", "http://a\\b"])
def test_a_public_host_is_never_declared_local(url: str) -> None:
    assert not destination_of(url, remote=False).local


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("api.openai.com", "api.openai.com"),
        (" API.openai.com ", "api.openai.com"),
        ("api.openai.com:443", "api.openai.com"),
        ("https://api.openai.com/v1/chat", "api.openai.com"),
        ("http://gpu-box:11434", "gpu-box:11434"),
        ("gpu-box:11434+ollama.com", "gpu-box:11434+ollama.com"),
    ],
)
def test_a_typed_destination_becomes_its_name(typed: str, name: str) -> None:
    assert name_of(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "  ", "*", "*.com", "this machine", "http://localhost", "a/b"]
)
def test_what_names_no_place_cannot_be_consented_to(typed: str) -> None:
    with pytest.raises(ValueError, match="names no destination"):
        name_of(typed)
