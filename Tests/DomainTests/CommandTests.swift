import Domain
import Testing

/// What the bot takes for a command in a comment, and what it does not.
struct CommandTests {
    static let sha = "0123456789abcdef0123456789abcdef01234567"

    struct Case: Sendable, CustomTestStringConvertible {
        let body: String
        let heard: Command.Heard
        var testDescription: String { String(body.prefix(40)).debugDescription }
        init(_ body: String, _ heard: Command.Heard) {
            self.body = body
            self.heard = heard
        }
    }

    static let commit = CommitID(hex: sha)
    static let named = Command.Target(commit: commit)

    static let commands: [Case] = [
        Case("/approve", .command(.approve(.init()))),
        Case("/approve\r\n\r\nlooks good", .command(.approve(.init()))),
        Case("/approve \t", .command(.approve(.init()))),
        Case("/approve\rmore", .command(.approve(.init()))),
        Case("/approve \(sha)", .command(.approve(named))),
        Case("/approve \(sha.uppercased())", .command(.approve(named))),
        Case("/approve flight-delay", .command(.approve(.init(model: ModelName("flight-delay"))))),
        Case("/approve #12", .command(.approve(.init(run: RunID(12))))),
        Case("/approve 12 flight-delay", .command(.approve(.init(model: ModelName("flight-delay"), run: RunID(12))))),
        Case("/sluice approve \(sha)", .command(.approve(named))),
        Case("/sluice", .command(.help)),
        Case("/help", .command(.help)),
        Case("/help me please", .command(.help)),
        Case("/cancel", .command(.cancel(.init()))),
        Case("/reproduce #3", .command(.reproduce(.init(run: RunID(3))))),
        Case("/rollback", .command(.rollback(.init()))),
        Case("/ok-to-run", .command(.okToRun(nil))),
        Case("/ok-to-run \(sha)", .command(.okToRun(commit))),
        Case(
            "/reject the gain is one carrier only", .command(.reject(reason: "the gain is one carrier only", .init()))),
        Case("/reject zu schlecht für Köln", .command(.reject(reason: "zu schlecht für Köln", .init()))),
        Case("/reject #12 no", .command(.reject(reason: "no", .init(run: RunID(12))))),
        Case("/reject \(sha) no", .command(.reject(reason: "no", named))),
        Case("/reject a\u{202E}b\u{7}c", .command(.reject(reason: "abc", .init()))),
        Case("/retrain", .command(.retrain([:], .init()))),
        Case(
            "/retrain lr=0.1 conf/fit.yaml:model.depth=6",
            .command(.retrain(["lr": "0.1", "conf/fit.yaml:model.depth": "6"], .init()))),
        Case("/retrain lr=0.1 toy", .command(.retrain(["lr": "0.1"], .init(model: ModelName("toy"))))),
        Case("/retrain note=a=b", .command(.retrain(["note": "a=b"], .init()))),
    ]

    static let nothing: [String] = [
        "", " ", "\n/approve", "approve", " /approve", "\t/approve", "    /approve", "> /approve", ">/approve",
        "`/approve`", "```\n/approve\n```", "<!-- /approve -->", "<!--\n/approve\n-->", "<b>/approve</b>",
        "please /approve", "I would never /approve this", "- /approve", "* /approve", "1. /approve", "[/approve](x)",
        "/ approve", "//approve", "/usr/bin/approve", "/approve/../x", "/lgtm", "/merge", "/test all", "/close",
        "/", "/ ", "\u{FEFF}/approve", "\u{200B}/approve", "\u{2215}approve", "\u{FF0F}approve", "\\/approve",
        "&#47;approve", "\u{0}/approve", "@sluice approve", "/label ~approve", "\u{2028}/approve", "/assign @approve",
        "\u{202E}evorppa/", "Re: /approve", "#/approve", "/a", "/sluice-approve-everything-now-and-for-ever",
    ]

    static let unclear: [Case] = [
        Case("/APPROVE", .unclear(.unknownWord("APPROVE", near: .approve))),
        Case("/Approve", .unclear(.unknownWord("Approve", near: .approve))),
        Case("/approved", .unclear(.unknownWord("approved", near: .approve))),
        Case("/approve, thanks", .unclear(.unknownWord("approve,", near: .approve))),
        Case("/approve\u{A0}\(sha)", .nothing),
        Case("/approve\u{200B}", .unclear(.unknownWord("approve\u{200B}", near: .approve))),
        Case("/\u{0430}pprove", .unclear(.unknownWord("\u{0430}pprove", near: .approve))),
        Case("/ok-to-rum", .unclear(.unknownWord("ok-to-rum", near: .okToRun))),
        Case("/ok-to-test", .nothing),
        Case("/sluice aprove", .unclear(.unknownWord("aprove", near: .approve))),
        Case("/approve 0123456", .unclear(.shortCommit("0123456", .approve))),
        Case("/approve \(sha.dropLast())", .unclear(.shortCommit(String(sha.dropLast()), .approve))),
        Case("/approve \(sha)0", .unclear(.shortCommit(sha + "0", .approve))),
        Case("/ok-to-run abcdef01", .unclear(.shortCommit("abcdef01", .okToRun))),
        Case("/ok-to-run flight-delay", .unclear(.unknownArgument("flight-delay", .okToRun))),
        Case("/approve this please", .unclear(.unknownArgument("please", .approve))),
        Case("/approve \(sha) \(sha)", .unclear(.unknownArgument(sha, .approve))),
        Case("/approve ; rm -rf /", .unclear(.unknownArgument(";", .approve))),
        Case("/approve --force", .unclear(.unknownArgument("--force", .approve))),
        Case("/approve ../x", .unclear(.unknownArgument("../x", .approve))),
        Case("/reject", .unclear(.noReason)),
        Case("/reject   ", .unclear(.noReason)),
        Case("/reject \u{200B}\u{200B}", .unclear(.noReason)),
        Case("/reject ...", .unclear(.noReason)),
        Case("/retrain lr=", .unclear(.badParameters("lr="))),
        Case("/retrain =1", .unclear(.badParameters("=1"))),
        Case("/retrain lr=1 lr=2", .unclear(.badParameters("lr=2"))),
        Case("/retrain -x=1", .unclear(.badParameters("-x=1"))),
        Case("/retrain ../../etc:x=1", .unclear(.badParameters("../../etc:x=1"))),
        Case("/retrain lr=\u{E9}", .unclear(.badParameters("lr=\u{E9}"))),
        Case("/retrain $(x)=1", .unclear(.badParameters("$(x)=1"))),
        Case("/approve " + String(repeating: "a ", count: 2_000), .unclear(.tooLong(.approve))),
        Case(
            "/retrain " + (0...20).map { "p\($0)=1" }.joined(separator: " "), .unclear(.badParameters("p20=1"))),
    ]

    @Test(arguments: commands)
    func `a word of ours at the start of the first line is a command`(_ example: Case) {
        #expect(Command.hear(example.body) == example.heard)
    }

    @Test(arguments: nothing)
    func `what is quoted, hidden, in code, within a sentence or somebody else's is nothing`(_ body: String) {
        #expect(Command.hear(body) == .nothing)
    }

    @Test(arguments: unclear)
    func `what looks like a command and is none does nothing and says why`(_ example: Case) {
        #expect(Command.hear(example.body) == example.heard)
    }

    @Test
    func `a reason of any length is cut, and megabytes are not looked at`() {
        let heard = Command.hear("/reject " + String(repeating: "x", count: 3_000_000))

        #expect(heard == .command(.reject(reason: String(repeating: "x", count: 500), .init())))
    }

    @Test
    func `no bytes make it trap, and none but a whole first line approves`() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("/aprove jct#=0123\u{0}\r\n\t \u{202E}é`>-").map(String.init)
        for _ in 0..<20_000 {
            let body = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? ""
            }.joined()
            if case .command(.approve) = Command.hear(body) {
                let line = body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).first ?? ""
                #expect(line == "/approve" || line.hasPrefix("/approve ") || line.hasPrefix("/approve\t"))
            }
        }
    }
}
