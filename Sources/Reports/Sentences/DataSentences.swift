package import Domain

extension ReportRenderer {
    /// On a file that tests refuse and a person let through.
    package static func sentence(
        released file: String, _ release: Refusal.Release, _ findings: [DataFinding]
    ) -> String {
        let first = findings.first.map { "\($0.check): \($0.message)" } ?? "a test"
        return
            "\(release.by) took in '\(file)' although tests refuse it (\(first)), because: \(release.reason)"
    }
}
