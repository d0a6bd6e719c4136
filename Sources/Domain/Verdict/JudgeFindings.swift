extension Judge {
    /// What stands in the way of a promotion: gates that block and did not pass.
    ///
    /// - Parameter sentence: the words for a result, from `Reports`.
    package static func findings(of results: [GateResult], sentence: (GateResult) -> String) -> [Finding] {
        results.compactMap { result in
            guard result.gate.blocks else { return nil }
            let source = "gate:\(result.gate.metric)"
            switch result.outcome {
            case .passed, .noChampion: return nil
            case .failed, .noDifference: return Finding(.no, source: source, message: sentence(result))
            case .undecided(let why):
                let message = result.reason == .unsure ? sentence(result) : why
                return Finding(.couldNotTell, source: source, message: message)
            }
        }
    }
}
