"""The languages' own linters and formatters, run for real where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from camus.analysis import Tools
from camus.analysis.outputs import parse
from camus.analysis.outside import found
from camus.source import Document, Span, apply_edits, uri_of


@pytest.fixture
async def trusting() -> AsyncIterator[Tools]:
    made = Tools(seconds=60, trusts=lambda _project: True)
    yield made
    await made.close()


@pytest.fixture
async def patient() -> AsyncIterator[Tools]:
    made = Tools(seconds=60)
    yield made
    await made.close()


def _needs(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed here")
    return path


def _written(folder: Path, name: str, text: str, language: str) -> Document:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return Document(uri_of(path), text, language)


async def _formatted(tools: Tools, document: Document, project: Path) -> str:
    edits = await tools.formatted(document, document.span, str(project))
    return apply_edits(document.text, edits)


async def test_gofmt_formats_go(tools: Tools, tmp_path: Path) -> None:
    _needs("gofmt")
    document = _written(tmp_path, "a.go", "package a\nfunc f( )  {x:=1;_=x}\n", "go")
    after = await _formatted(tools, document, tmp_path)
    assert after == "package a\n\nfunc f() { x := 1; _ = x }\n"
    assert tools.formatter("go") == "gofmt"


async def test_only_the_lines_asked_for_are_formatted(tools: Tools, tmp_path: Path) -> None:
    _needs("gofmt")
    text = "package a\n\nfunc f( ) {}\n\nfunc g( ) {}\n"
    document = _written(tmp_path, "a.go", text, "go")
    at = text.index("func g")
    edits = await tools.formatted(document, Span(at, at + 4), str(tmp_path))
    assert apply_edits(text, edits) == "package a\n\nfunc f( ) {}\n\nfunc g() {}\n"


async def test_rustfmt_formats_rust(tools: Tools, tmp_path: Path) -> None:
    _needs("rustfmt")
    document = _written(tmp_path, "a.rs", "fn f( ){let x=1;}\n", "rust")
    assert await _formatted(tools, document, tmp_path) == "fn f() {\n    let x = 1;\n}\n"


async def test_clang_format_needs_the_projects_style(tools: Tools, tmp_path: Path) -> None:
    _needs("clang-format")
    document = _written(tmp_path, "a.c", "int  f( void ){return 1;}\n", "c")
    assert await _formatted(tools, document, tmp_path) == document.text
    (tmp_path / ".clang-format").write_text("BasedOnStyle: LLVM\n")
    assert await _formatted(tools, document, tmp_path) == "int f(void) { return 1; }\n"


async def test_biome_formats_as_its_project_says(tools: Tools, tmp_path: Path) -> None:
    _needs("biome")
    document = _written(tmp_path, "a.js", "function f( a ){\nreturn   a\n}\n", "javascript")
    assert await _formatted(tools, document, tmp_path) == document.text
    (tmp_path / "biome.json").write_text('{"formatter": {"indentStyle": "space"}}')
    after = await _formatted(tools, document, tmp_path)
    assert after == "function f(a) {\n  return a;\n}\n"


async def test_prettier_formats_where_the_project_is_trusted(
    tools: Tools, trusting: Tools, tmp_path: Path
) -> None:
    _needs("prettier")
    (tmp_path / ".prettierrc").write_text('{"semi": false}')
    text = "function f( a : number ){\nreturn   a;\n}\n"
    document = _written(tmp_path, "a.ts", text, "typescript")
    assert await _formatted(tools, document, tmp_path) == text
    after = await _formatted(trusting, document, tmp_path)
    assert after == "function f(a: number) {\n  return a\n}\n"


async def test_eslint_finds_and_fixes_where_the_project_is_trusted(
    tools: Tools, trusting: Tools, tmp_path: Path
) -> None:
    _needs("eslint")
    rules = '{"no-var": "error"}'
    (tmp_path / "eslint.config.mjs").write_text(f"export default [{{rules: {rules}}}]\n")
    document = _written(tmp_path, "a.js", "var x = 1;\nexport default x;\n", "javascript")
    assert "eslint" not in (await tools.findings(document, str(tmp_path))).ran
    looked = await trusting.findings(document, str(tmp_path))
    assert ("no-var", "eslint") in {(each.rule, each.source) for each in looked.findings}
    edits = await trusting.fixed(document, document.span, ("no-var",), str(tmp_path))
    assert apply_edits(document.text, edits) == "let x = 1;\nexport default x;\n"


async def test_goimports_formats_where_there_is_no_gofmt(
    tools: Tools,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    only = tmp_path / "bin"
    only.mkdir()
    (only / "goimports").symlink_to(_needs("goimports"))
    monkeypatch.setenv("PATH", str(only))
    found.cache_clear()
    request.addfinalizer(found.cache_clear)
    document = _written(tmp_path / "p", "a.go", "package a\nfunc f( )  {}\n", "go")
    assert tools.formatter("go") == "goimports"
    assert await _formatted(tools, document, tmp_path / "p") == "package a\n\nfunc f() {}\n"


async def test_shellcheck_finds_and_mends_by_name(tools: Tools) -> None:
    _needs("shellcheck")
    document = Document("file:///a.sh", "#!/bin/bash\nx=`ls`\necho $x\n", "bash")
    found = await tools.findings(document)
    assert {"SC2006", "SC2086"} <= {each.rule for each in found.findings}
    assert "shellcheck" in found.ran
    everywhere = await tools.fixed(document, document.span)
    assert apply_edits(document.text, everywhere) == "#!/bin/bash\nx=$(ls)\necho $x\n"
    quoted = await tools.fixed(document, document.span, ("SC2086",))
    assert apply_edits(document.text, quoted) == '#!/bin/bash\nx=`ls`\necho "$x"\n'


async def test_rubocop_mends_what_it_calls_safe(patient: Tools, tmp_path: Path) -> None:
    _needs("rubocop")
    document = _written(tmp_path, "a.rb", 'def f(a)\n  "#{a.to_s}!"\nend\n', "ruby")
    found = await patient.findings(document, str(tmp_path))
    rules = {each.rule: each for each in found.findings if each.source == "rubocop"}
    assert "Lint/RedundantStringCoercion" in rules
    edits = await patient.fixed(document, document.span, project=str(tmp_path))
    assert apply_edits(document.text, edits) == 'def f(a)\n  "#{a}!"\nend\n'


async def test_go_vet_reads_what_is_saved(trusting: Tools, tmp_path: Path) -> None:
    _needs("go")
    (tmp_path / "go.mod").write_text("module example.com/a\n\ngo 1.19\n")
    text = 'package a\n\nimport "fmt"\n\nfunc f() { fmt.Printf("%d\\n", "x") }\n'
    document = _written(tmp_path, "a.go", text, "go")
    found = await trusting.findings(document, str(tmp_path))
    (one,) = [each for each in found.findings if each.source == "go vet"]
    assert (one.rule, document.slice(one.span)[:11]) == ("printf", "fmt.Printf(")
    unsaved = Document(document.uri, f"{text}\n", "go")
    assert "go" not in (await trusting.findings(unsaved, str(tmp_path))).ran


async def test_a_project_that_is_not_trusted_runs_no_code(
    patient: Tools, trusting: Tools, tmp_path: Path
) -> None:
    """A planted ESLint would run when asked; it is asked only where the user trusts the folder."""
    ran = tmp_path / "ran"
    own = tmp_path / "node_modules" / ".bin" / "eslint"
    own.parent.mkdir(parents=True)
    own.write_text(f"#!/bin/sh\ntouch '{ran}'\necho '[{{\"messages\": []}}]'\n")
    own.chmod(0o755)
    (tmp_path / "eslint.config.js").write_text("export default [];\n")
    document = _written(tmp_path, "a.js", "let x = 1;\n", "javascript")
    await patient.findings(document, str(tmp_path))
    await patient.formatted(document, document.span, str(tmp_path))
    assert not ran.exists()
    if os.name == "posix":
        await trusting.findings(Document(document.uri, "let y = 1;\n", "javascript"), str(tmp_path))
        assert ran.exists() or not trusting._outside.linters("javascript")


async def test_no_configuration_of_an_untrusted_folder_reaches_rubocop(
    patient: Tools, tmp_path: Path
) -> None:
    _needs("rubocop")
    ran = tmp_path / "ran"
    (tmp_path / ".rubocop.yml").write_text("require:\n  - ./evil.rb\n")
    (tmp_path / "evil.rb").write_text(f"File.write('{ran}', 'x')\n")
    document = _written(tmp_path, "a.rb", "x = 1\n", "ruby")
    await patient.findings(document, str(tmp_path))
    assert not ran.exists()


def test_eslint_counts_in_utf_16_units() -> None:
    document = Document("file:///a.js", "'😀'; var x\n", "javascript")
    output = (
        b'[{"messages":[{"ruleId":"no-var","severity":2,"message":"m","line":1,"column":7,'
        b'"endLine":1,"endColumn":12,"fix":{"range":[6,9],"text":"let"}}]}]'
    )
    (found,) = parse("eslint", output, document)
    assert found.fix is not None
    assert apply_edits(document.text, found.fix.edits) == "'😀'; let x\n"
    assert found.severity == "error"


def test_clippys_machine_applicable_suggestions_are_fixes() -> None:
    document = Document("file:///p/src/main.rs", "// é\nfn f() -> u8 { return 1; }\n", "rust")
    span = (
        '{"byte_start":21,"byte_end":30,"file_name":"src/main.rs","is_primary":true,'
        '"suggested_replacement":"1","suggestion_applicability":"MachineApplicable"}'
    )
    message = (
        '{"code":{"code":"clippy::needless_return"},"level":"warning","message":"unneeded",'
        f'"spans":[{span}],"children":[{{"spans":[{span}]}}]}}'
    )
    output = f'{{"reason":"compiler-message","message":{message}}}\n{{"reason":"build-finished"}}\n'
    (found,) = parse("clippy", output.encode(), document)
    assert document.slice(found.span) == "return 1;"
    assert found.fix is not None
    assert found.rule == "clippy::needless_return"


@pytest.mark.parametrize("parser", ["shellcheck", "rubocop", "eslint"])
def test_other_output_is_refused(parser: str) -> None:
    document = Document("file:///a", "x\n", "bash")
    for output in (b"", b"{}", b"[]", b"null", b"not json"):
        with pytest.raises(ValueError, match=r".*"):
            parse(parser, output, document)  # type: ignore[arg-type]


def test_clippy_itself_speaks_so(tmp_path: Path) -> None:
    _needs("cargo")
    if subprocess.run(["cargo", "clippy", "-V"], capture_output=True, check=False).returncode:
        pytest.skip("clippy is not installed here")
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "a"\nversion = "0.1.0"\n')
    text = "pub fn f() -> u8 {\n    return 1;\n}\n"
    document = _written(tmp_path / "src", "lib.rs", text, "rust")
    done = subprocess.run(
        ["cargo", "clippy", "--offline", "--quiet", "--message-format", "json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )
    found = {each.rule: each for each in parse("clippy", done.stdout, document)}
    fix = found["clippy::needless_return"].fix
    assert fix is not None
    assert apply_edits(text, fix.edits) == "pub fn f() -> u8 {\n    1\n}\n"
