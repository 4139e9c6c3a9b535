"""The words by which people ask for each kind of work, in eight languages; data, no decisions.

A word ending in `*` is a stem: any word that begins so counts. Words of scripts written without
spaces are found anywhere. The number is how strongly a word speaks for its kind.
"""

from __future__ import annotations

from camus.config import TaskKind

STRONG, CLEAR, WEAK = 3.0, 2.0, 1.0

WORDS: dict[TaskKind, dict[float, str]] = {
    TaskKind.CODE_GENERATION: {
        STRONG: (
            "implement*, scaffold*, boilerplate, write a function, write a class, write tests, "
            "unit tests, add tests, test cases, implementa, implementar, implementier*, "
            "schreib eine funktion, implémente*, réalise, реализ*, напиши функцию, "
            "实现, 生成代码, 编写, 実装, 書いて"
        ),
        CLEAR: (
            "generate, create, write, build, error handling, type hints, add a, add an, new "
            "endpoint, new function, complete the function, complete this, fill in, autocomplete, "
            "crea, crear, genera, generar, "
            "erstell*, generiere*, génère*, crée*, écris, escreva, gera, gerar, criar, "
            "добав*, создай, создать, сгенерир*, напиши, 添加, 创建, 写一个, 作成, 追加, 生成"
        ),
        WEAK: "add, make, support, extend, agrega, añade, hinzu*, ajoute*, adicion*, 新增",
    },
    TaskKind.CODE_ANALYSIS: {
        STRONG: (
            "explain*, analyse*, analyze*, analysis, walk me through, what does this, how does "
            "this, explica*, explicar, analiza*, analisa*, erklär*, analysier*, explique*, "
            "expliquer, объясн*, проанализ*, 解释, 说明一下, 分析, 説明, 解説"
        ),
        CLEAR: (
            "summarize*, summarise*, understand, describe, review*, trace through, what happens, "
            "how does, why does, why is, what does, qué hace, cómo funciona, was macht, wie "
            "funktioniert, que fait, comment fonctionne, o que faz, como funciona, revisa*, "
            "überprüf*, relis, что делает, как работает, ревью, 做什么, 审查, 理解, レビュー, "
            "何をする"
        ),
        WEAK: "meaning, purpose, overview, look at, inspect, trace, complexity of",
    },
    TaskKind.REFACTORING: {
        STRONG: (
            "refactor*, restructur*, deduplicat*, simplif*, clean up, cleanup, refactoriza*, "
            "refaktor*, vereinfach*, aufräum*, refatora*, remanier*, рефактор*, упрост*, "
            "重构, 简化, リファクタ*, 簡潔, 整理して"
        ),
        CLEAR: (
            "rename*, extract*, inline, moderni*, split into, split this, readab*, tidy*, "
            "decouple, reorganize, reorganise, idiomatic, more pythonic, get rid of duplication, "
            "limpia*, renombra*, umbenenn*, renomm*, nettoie*, renome*, limpe, переимен*, "
            "вынес*, 重命名, 提取, 優雅, 分割, 抽出, 読みやすく"
        ),
        WEAK: "convert, move, replace, optimi*, faster, performance, shorter, migrate, mejora*",
    },
    TaskKind.BUG_FIXING: {
        STRONG: (
            "fix*, bug*, debug*, crash*, traceback, stack trace, doesn't work, does not work, not "
            "working, isn't working, arregla*, corrige*, corregir, korrigier*, beheb*, "
            "réparer, répare*, corriger, conserta*, corrigir, исправ*, почин*, баг*, "
            "修复, 修正, 错误, 崩溃, バグ, 直して, 不具合, エラー"
        ),
        CLEAR: (
            "broken, exception*, error*, fails, failing, failure, wrong, incorrect, regression, "
            "segfault, deadlock, race condition, off by one, memory leak, infinite loop, "
            "falla*, fehler*, kaputt, funktioniert nicht, abstürz*, erreur*, plante, ne marche "
            "pas, erro*, falha*, não funciona, no funciona, ошибк*, падает, не работает, 不工作, "
            "失败, 動かない"
        ),
        WEAK: "issue, problem, unexpected, typo, should return, warning*, repair, resolve, mend",
    },
    TaskKind.DOCUMENTATION: {
        STRONG: (
            "docstring*, jsdoc, tsdoc, javadoc, rustdoc, doxygen, readme, changelog, documenta*, "
            "document, document this, document the, documenting, add comments, release notes, "
            "dokumentier*, dokumentation, documenter, документ*, 文档, 注释, "
            "ドキュメント, コメントを, ドックストリング"
        ),
        CLEAR: (
            "comment*, api docs, the docs, comentar*, comenta, kommentier*, kommentar*, "
            "commentaire*, comentário*, комментар*, コメント"
        ),
        WEAK: "docs, describe, usage, header",
    },
    TaskKind.SECURITY_REVIEW: {
        STRONG: (
            "security, vulnerab*, injection, xss, csrf, ssrf, owasp, exploit*, cve, threat model, "
            "segurança, seguridad, sicherheit*, sécurité, vulnérab*, безопасн*, уязвим*, "
            "安全, 漏洞, 脆弱性, セキュリティ"
        ),
        CLEAR: (
            "insecure, unsafe, attack*, hardcoded secret, hard-coded secret, path traversal, "
            "privilege*, sandbox escape, pentest, unsicher, взлом*, 攻击, 注入, 危険"
        ),
        WEAK: "audit, sanitize*, sanitise*, escape, auth, authentication, leaked, password*",
    },
    TaskKind.SIMPLE_QUERY: {
        STRONG: (
            "what is a, what is an, what is the difference, difference between, how do i, "
            "what's the difference, qué es, cuál es, was ist, was bedeutet, qu'est-ce, c'est quoi, "
            "o que é, qual é, что такое, какая разница, 什么是, 是什么, 区别, とは, 違い"
        ),
        CLEAR: (
            "how to, what is, what's, which, when should, is it possible, can i, do i need, "
            "where is, who, cómo, cuándo, wie kann, welche*, comment, quel, quelle, como, quando, "
            "как сделать, какой, зачем, 怎么, 如何, 哪个, どうやって, どの, いつ"
        ),
        WEAK: "syntax, meaning of, example of, name of, list of, define, default",
    },
    TaskKind.MATHEMATICAL: {
        STRONG: (
            "equation*, integral*, derivative*, theorem*, prove, proof, eigenvalue*, probability, "
            "solve for, polynomial*, differentiate, logarithm*, ecuación, gleichung*, équation*, "
            "equação, уравнен*, теорем*, докаж*, интеграл*, вероятност*, "
            "方程, 积分, 导数, 证明, 概率, 方程式, 積分, 微分, 証明, 確率"
        ),
        CLEAR: (
            "solve, calculate, matrix, vector space, modulo, prime numbers, combinatori*, "
            "permutation*, statistics, calcula*, berechn*, resuelve, löse, résous, calcul*, "
            "resolva, вычисл*, посчита*, реши, 计算, 求解, 計算, 解いて"
        ),
        WEAK: "math*, sum, number, formula*, numeric*, average, geometry, algebra",
    },
    TaskKind.CREATIVE: {
        STRONG: (
            "poem*, haiku, story, stories, limerick, song, lyrics, slogan*, tagline*, novel, "
            "joke*, fairy tale, poema*, cuento, gedicht*, geschichte, poème*, histoire, "
            "conte, história, "
            "стих*, рассказ*, сказк*, 诗, 故事, 笑话, 詩, 物語, 俳句"
        ),
        CLEAR: (
            "brainstorm*, blog post, essay, name ideas, name for, marketing, creative, invent, "
            "imagine, screenplay, ideas for, ideas para, ideen, idées, ideias, придума*, "
            "идеи, 创意, 文案, アイデア, 小説"
        ),
        WEAK: "funny, metaphor, mascot, catchy, announcement, witty",
    },
    TaskKind.TOOL_USE: {
        STRONG: (
            "run the tests, run tests, search the web, look up online, list the files, list files, "
            "open the file, call the api, execute the command, git push, git commit, ejecuta*, "
            "führe, ausführen, exécute*, executa*, execute os, запусти*, выполни, "
            "运行, 执行, 搜索, 実行, 検索して"
        ),
        CLEAR: (
            "run, execute, install*, deploy*, download*, fetch, curl, grep, search for, commit "
            "and push, start the server, instala*, desplieg*, installier*, télécharge*, baixa*, "
            "установи*, скачай, 安装, 部署, 下载, インストール, デプロイ"
        ),
        WEAK: "search, open, browse, terminal, shell, send, upload, schedule",
    },
}

POLITE = (
    "please, pls, kindly, hey, hi, hello, can, could, would, will, you, i, we, want, need, like, "
    "to, the, me, us, por, favor, puedes, bitte, kannst, du, könntest, te, plaît, peux, tu, você, "
    "pode, пожалуйста, можешь, let's, lets, just, now, ok, so"
)
"""Words before the verb that say nothing about the work."""

DEMANDING = (
    "architecture*, redesign*, concurren*, distributed, step by step, migrat*, algorithm*, "
    "thread*, async*, scal*, performance, backward compatible, backwards compatible, from scratch, "
    "rework the, restructur*, rearchitect*, fault toleran*, fault-toleran*, failover, survives, "
    "recovery, replicat*, consisten*, transaction*, multi-tenan*, tenants, plugins, "
    "dependency injection, event-driven, around events, back pressure, backpressure, supervision, "
    "state machine*, compiler, scheduler*, trade-off*, tradeoff*, in depth, in-depth, thorough*, "
    "rigorous*, consequences, implications, strateg*, prove, proof, derive, closed form, "
    "without downtime, zero downtime, entire, whole project, all files, all modules, "
    "all services, every module, each module, every service, code base, codebase, "
    "microservice*, service of its own, services of their own, own services, replay attack*, "
    "replayed, forged, forgery, key exchange, every path, every endpoint, all endpoints, "
    "arquitectura, rediseñ*, distribuid*, concurrent*, desde cero, en profundidad, "
    "architektur*, umbau*, nebenläufig*, verteilt*, von grund auf, eingehend, "
    "distribué*, concurren*, à partir de zéro, en profondeur, arquitetura, redesenh*, "
    "do zero, em profundidade, "
    "архитектур*, распредел*, с нуля, многопоточ*, подробный анализ, "
    "架构, 并发, 分布式, 从零, 深入, 設計し直, 並行, 分散, ゼロから, 徹底的"
)
"""Words of a request that asks much."""

WIDE = (
    "whole, across, system, subsystem, application, legacy, platform, company, organisation, "
    "organization, persistence layer, monolith, todo el, toda la, "
    "sistema, aplicación, gesamte*, ganze*, anwendung, toute l'application, tout le, système, "
    "aplicação, todo o, весь, всю, всего, системы, приложени*, 整个, 全部, 系统, 全体, システム"
)
"""Words by which a request that asks much reaches far as well."""

SLIGHT = (
    "just, quick, quickly, typo*, rename*, small, tiny, simple, one line, one-liner, trivial, "
    "only, sólo, schnell, klein*, juste, petit, rápido, просто, быстро, 简单, 快速, 簡単"
)
"""Words of a request that asks little."""

STAKES: dict[str, dict[float, str]] = {
    "medical": {
        2.0: (
            "diagnos*, symptom*, medication*, dosage, dose of, ibuprofen, aspirin, paracetamol, "
            "antibiotic*, chest pain, pregnan*, overdose, side effects, blood pressure, cancer, "
            "insulin, diabet*, depression, vaccine, surgery, my doctor, enfermedad, medicamento*, "
            "embaraz*, krankheit*, medikament*, schwanger*, maladie, médicament*, enceinte, "
            "doença, remédio*, grávida, болезн*, лекарств*, беремен*, "
            "症状, 药, 怀孕, 薬, 妊娠, 病気, dolor en el pecho, mal à la poitrine, brustschmerz*, "
            "dor no peito, болит грудь, 胸痛, 胸口疼, 胸が痛"
        ),
        1.0: "pain, fever, headache, doctor, sick, ill, allerg*, rash, dolor, schmerz*, douleur",
    },
    "legal": {
        2.0: (
            "lawsuit, sue, lawyer, attorney, legal advice, my rights, landlord, tenant, eviction, "
            "custody, divorce, immigration, visa application, copyright infringement, liable, "
            "contract with, terminate my, unfair dismissal, abogado, demanda, anwalt, mieter*, "
            "kündig*, avocat, bail, licenci*, advogado, processo judicial, адвокат*, суд, иск, "
            "律师, 合同, 起诉, 弁護士, 契約"
        ),
        1.0: "legal, illegal, law, court, contract, rights, police, employer",
    },
    "financial": {
        2.0: (
            "invest*, mortgage, tax return, taxes, pension, bankrupt*, retirement savings, "
            "stocks or bonds, crypto, loan for, inherit*, deduct*, impuestos, hipoteca, steuer*, "
            "kredit, anlegen, impôt*, placer mon argent, imposto*, investir, налог*, ипотек*, "
            "инвестир*, 投资, 税, 贷款, 投資, 税金, 住宅ローン"
        ),
        1.0: "savings, loan, debt, shares, tax, insurance, salary, stock, stocks, bonds",
    },
    "safety": {
        2.0: (
            "suicid*, kill myself, self-harm, hurt myself, poison*, explosive*, gas leak, "
            "emergency, overdosed, mushrooms i found, electrical wiring, bleach and, weapon*, "
            "suizid*, selbstmord, veneno, envenen*, самоубий*, 自杀, 自殺, 中毒"
        ),
        1.0: "dangerous, toxic, wiring, fumes, electrocut*, choking",
    },
}
"""Fields in which a wrong answer does harm, with how strongly a word stands for each."""
