import Domain

extension Sentences {
    /// Why a stage's answer is no, to be read after the stage's name.
    static func failure(_ failure: StageFailure) -> String {
        switch failure {
        case .exit(let status):
            "ended with status \(status)" + (exitHints[status].map { " (\($0))" } ?? "")
        case .signal(let number):
            "was ended by signal \(number)" + (signalNames[number].map { " (\($0))" } ?? "")
        case .timeLimit(let seconds):
            "was stopped: over its limit of \(Numbers.duration(seconds))"
        case .memoryLimit(let bytes):
            "was stopped: over its limit of \(Numbers.bytes(Double(bytes))) of memory"
        case .diskLimit(let bytes):
            "was stopped: over its limit of \(Numbers.bytes(Double(bytes))) of disk"
        case .noEvidence(let missing):
            noEvidence(missing)
        case .findings(let findings):
            brokenSchema(findings)
        case .drift(let report):
            drifted(report)
        }
    }

    private static func noEvidence(_ missing: [String]) -> String {
        let shown = missing.prefix(5).map { visibleLines($0).joined(separator: " ") }
        let left = missing.count > 5 ? ["and \(missing.count - 5) more"] : []
        return "ended with status 0 but without evidence: " + (shown + left).joined(separator: "; ")
    }

    private static func brokenSchema(_ findings: [DataFinding]) -> String {
        guard let first = findings.first else { return "found that the data breaks its schema" }
        let message = visible(first.message)
        return findings.count == 1
            ? "found 1 complaint about the data: \(message)"
            : "found \(findings.count) complaints about the data; the first: \(message)"
    }

    private static func drifted(_ report: DriftReport) -> String {
        let first = report.findings.first.map { ": \(visible($0.message, limit: 600))" } ?? ""
        return report.findings.count < 2
            ? "found that the data has drifted\(first)"
            : "found that the data has drifted beyond \(report.findings.count) limits; the first\(first)"
    }

    private static let exitHints: [Int32: String] = [
        126: "a command could not be executed",
        127: "a command was not found",
    ]

    private static let signalNames: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
        11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]
}
