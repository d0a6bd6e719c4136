import Domain
import Foundation
import Pipelines
import Testing

@Suite struct ReadTests {
    @Test func `a stage is read as DVC reads it, with paths from the root`() throws {
        let stages = try read(
            """
            params: [params.yaml]
            plots: [{x.csv: {y: a}}]
            stages:
              prepare:
                desc: makes rows
                wdir: work
                cmd: |
                  mkdir -p out

                  python prepare.py > out/rows.csv
                deps: [prepare.py, ../src, ./prepare.py]
                params:
                - lr
                - train.epochs
                - lr
                - ../shared.yaml: [seed]
                - whole.json:
                outs:
                - out/
                - ../model.pkl: {cache: false, persist: true, desc: x, push: false, meta: {a: 1}, labels: [b]}
                metrics:
                - metrics.json: {cache: false}
                plots:
                - curve.csv: {x: fpr, y: tpr, header: true}
                frozen: true
                always_changed: true
              next: {cmd: ["echo 'a\\n  b'", "echo \\\\${HOME}"]}
            """, file: "ml/dvc.yaml")

        let outs = [
            Output(path: path("ml/work/out")),
            Output(path: path("ml/model.pkl"), cached: false, persists: true),
            Output(path: path("ml/work/metrics.json"), role: .metrics, cached: false),
            Output(path: path("ml/work/curve.csv"), role: .plots),
        ]
        let prepare = Stage(
            name: name("train:prepare"), kind: .train,
            commands: ["mkdir -p out", "python prepare.py > out/rows.csv"], directory: path("ml/work"),
            deps: [path("ml/work/prepare.py"), path("ml/src")],
            params: [
                ParamsRef(file: path("ml/work/params.yaml"), keys: ["lr", "train.epochs"]),
                ParamsRef(file: path("ml/shared.yaml"), keys: ["seed"]),
                ParamsRef(file: path("ml/work/whole.json"), keys: []),
            ], outs: outs, alwaysRuns: true, frozen: true)
        #expect(stages.first == prepare)
        #expect(stages.last?.commands == ["echo 'a\n  b'", "echo ${HOME}"])
        #expect(stages.last?.directory == path("ml"))
    }

    @Test func `a pipeline at the root runs at the root`() throws {
        #expect(try read("stages: {a: {cmd: x, wdir: .}}").first?.directory == nil)
        #expect(try read("stages: {a: {cmd: x, wdir: ..}}", file: "ml/dvc.yaml").first?.directory == nil)
    }

    @Test(arguments: ["", "# nothing\n", "stages: {}", "metrics: [m.json]"])
    func `a pipeline without stages is valid`(_ text: String) throws {
        #expect(try read(text).isEmpty)
    }

    static let refused: [(text: String, complaint: String)] = [
        ("stages:", "dvc.yaml:1:8: 'stages': expected a mapping, found nothing"),
        ("stage: {}", "dvc.yaml:1:1: unknown key 'stage'; did you mean 'stages'?"),
        ("vars: [{a: 1}]", "dvc.yaml:1:1: 'vars' is templating, which is not read yet; write the stages out plainly"),
        (
            "stages:\n  a:\n    foreach: [1]\n    do: {cmd: 'echo'}",
            """
            dvc.yaml:3:5: 'foreach' in stage 'a' is templating, which is not read yet; write the stages out plainly
            dvc.yaml:4:5: 'do' in stage 'a' is templating, which is not read yet; write the stages out plainly
            """
        ),
        (
            "stages: {a: {matrix: {x: [1]}, cmd: x}}",
            "dvc.yaml:1:14: 'matrix' in stage 'a' is templating, which is not read yet; write the stages out plainly"
        ),
        (
            "stages: {a: {cmd: 'train ${lr}'}}",
            "dvc.yaml:1:19: '${lr}' is templating, which is not read yet; write the stages out plainly"
        ),
        (
            "stages: {a: {cmd: x, desc: 'by ${me'}}",
            "dvc.yaml:1:28: '${me' is templating, which is not read yet; write the stages out plainly"
        ),
        ("stages: {a: {deps: [x]}}", "dvc.yaml:1:13: stage 'a' has no 'cmd'"),
        ("stages: {a: {cmd: ''}}", "dvc.yaml:1:19: 'cmd': expected a text or a list of texts, found an empty text"),
        ("stages: {a: {cmd: []}}", "dvc.yaml:1:19: 'cmd' of stage 'a' is empty"),
        ("stages: {a: {cmd: 5}}", "dvc.yaml:1:19: 'cmd': expected a text or a list of texts, found a number (5)"),
        ("stages: {a: {cmd: x, dep: [y]}}", "dvc.yaml:1:22: unknown key 'dep'; did you mean 'deps'?"),
        ("stages: {a: {cmd: x, deps: y}}", "dvc.yaml:1:28: 'deps': expected a list, found a text (y)"),
        ("stages: {a: {cmd: x, deps: [1]}}", "dvc.yaml:1:29: 'deps': expected a text, found a number (1)"),
        (
            "stages: {a: {cmd: x, deps: [/etc/passwd]}}",
            "dvc.yaml:1:29: 'deps': '/etc/passwd' is outside of the repository"
        ),
        ("stages: {a: {cmd: x, deps: [b/../../c]}}", "dvc.yaml:1:29: 'deps': 'b/../../c' is outside of the repository"),
        (
            "stages: {a: {cmd: x, deps: [.git/config]}}",
            "dvc.yaml:1:29: 'deps': '.git/config' is outside of the repository"
        ),
        (
            "stages: {a: {cmd: x, deps: [.]}}",
            "dvc.yaml:1:29: 'deps': '.' is the whole repository, this stage's own outputs included"
        ),
        (
            "stages: {a: {cmd: x, outs: ['s3://b/k']}}",
            "dvc.yaml:1:29: 'outs': 's3://b/k' is not a path in the repository; remote ones are not read yet"
        ),
        ("stages: {a: {cmd: x, wdir: ../..}}", "dvc.yaml:1:28: 'wdir': '../..' is outside of the repository"),
        (
            "stages: {a: {cmd: x, outs: [{o: {cach: true}}]}}",
            "dvc.yaml:1:34: unknown key 'cach'; did you mean 'cache'?"
        ),
        (
            "stages: {a: {cmd: x, outs: [{o: {cache: yes}}]}}",
            "dvc.yaml:1:41: 'cache': expected true or false, as YAML 1.2 writes them, found a text (yes)"
        ),
        ("stages: {a: {cmd: x, metrics: [{m: }]}}", "dvc.yaml:1:36: 'm': expected a mapping, found nothing"),
        (
            "stages: {a: {cmd: x, outs: [o.dvc]}}",
            "dvc.yaml:1:29: 'outs': 'o.dvc' is written by a stage but has the name of one of DVC's own files"
        ),
        (
            "stages: {a: {cmd: x, params: [{p.toml: [k]}]}}",
            "dvc.yaml:1:32: parameters in TOML ('p.toml') are not read yet; YAML and JSON are"
        ),
        (
            "stages: {a@b: {cmd: x}}",
            "dvc.yaml:1:10: 'a@b' cannot be a stage's name; a name is one line of at most 190 bytes without '@'"
        ),
    ]

    @Test(arguments: refused) func `what cannot be read is refused with its place`(
        _ row: (text: String, complaint: String)
    ) {
        let said = complaints { () throws(Complaints) in _ = try read(row.text) }

        #expect(said.joined(separator: "\n") == row.complaint)
    }

    @Test func `all mistakes are told at once`() {
        let said = complaints { () throws(Complaints) in
            _ = try read("stages:\n  a: {cmd: x, dep: [y]}\n  b: {deps: 5}\n  c: {cmd: x, frozen: 1}\n")
        }
        #expect(said.count == 4)
    }

    @Test func `a single command becomes the stage train model`() throws {
        let stage = try Pipeline.single(
            commands: ["python train.py"], deps: [path("train.py")],
            params: ["lr, seed", "other.yaml:a", "whole.json:"],
            outs: [path("m.pkl"), path("metrics.json"), path("m.pkl")], metrics: [path("metrics.json")],
            file: "sluice.yaml")

        #expect(stage.name == name("train:model"))
        #expect(
            stage.params == [
                ParamsRef(file: path("params.yaml"), keys: ["lr", "seed"]),
                ParamsRef(file: path("other.yaml"), keys: ["a"]), ParamsRef(file: path("whole.json"), keys: []),
            ])
        #expect(
            stage.outs == [Output(path: path("m.pkl")), Output(path: path("metrics.json"), role: .metrics)])
    }

    @Test(arguments: ["", "/etc/x.yaml:a", "../x.yaml:a", ":a"])
    func `a single command's parameters must name a file in the repository`(_ text: String) {
        let said = complaints { () throws(Complaints) in
            _ = try Pipeline.single(
                commands: ["x"], deps: [], params: [text], outs: [], metrics: [], file: "sluice.yaml")
        }
        #expect(said == ["sluice.yaml: '\(text)' does not name parameters; write 'lr,train.epochs' or 'other.yaml:lr'"])
    }
}
