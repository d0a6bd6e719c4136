package import Domain

/// What became of dropped files, in words.
package enum DropSentences {
    /// Names of the files of one batch, by what they came to.
    package struct Batch: Sendable {
        package let dataset: DatasetName
        /// The one that the accepted files are in.
        package let snapshot: Int?
        package let new: [String]
        package let replaced: [String]
        package let refused: [Refusal]
        package let heldBack: [String]
        package let unchanged: [String]

        package init(
            dataset: DatasetName, snapshot: Int?, new: [String], replaced: [String], refused: [Refusal],
            heldBack: [String], unchanged: [String]
        ) {
            self.dataset = dataset
            self.snapshot = snapshot
            self.new = new
            self.replaced = replaced
            self.refused = refused
            self.heldBack = heldBack
            self.unchanged = unchanged
        }
    }

    /// What a watch says of a batch.
    package static func lines(_ taken: Batch) -> [String] {
        let dataset = taken.dataset
        var lines: [String] = []
        let (new, replaced) = (taken.new, taken.replaced)
        let isAccepted = !new.isEmpty || !replaced.isEmpty
        if let snapshot = taken.snapshot, isAccepted {
            var parts: [String] = []
            if !new.isEmpty { parts.append("new \(some(new))") }
            if !replaced.isEmpty { parts.append("replaced \(some(replaced))") }
            lines.append("\(dataset): snapshot \(snapshot): \(parts.joined(separator: "; "))")
        }
        for refusal in taken.refused.prefix(20) {
            lines.append("\(dataset): refused \(refusal.name): \(reason(refusal))")
            lines.append("  \(whereabouts(refusal)); 'sluice data why \(refusal.name)' tells all")
        }
        if taken.refused.count > 20 { lines.append("\(dataset): refused \(taken.refused.count - 20) more") }
        if !taken.heldBack.isEmpty {
            lines.append(
                "\(dataset): \(some(taken.heldBack)) good, and held back until all files of the drop are"
            )
        }
        if !taken.unchanged.isEmpty, !isAccepted, taken.refused.isEmpty {
            lines.append("\(dataset): nothing new: \(some(taken.unchanged)) is there already")
        }
        return lines
    }

    /// Everything that is known of a dropped file.
    package static func lines(_ arrival: Arrival, of dataset: DatasetName, _ refusals: [Refusal]) -> [String] {
        let when = moment(arrival.at)
        var lines: [String] = []
        switch arrival.outcome {
        case .accepted(let number, let replaced):
            let words = replaced ? "took the place of an older file of that name" : "was taken in"
            lines.append("\(arrival.name) \(words) at \(when): snapshot \(number) of '\(dataset)'")
        case .unchanged(let number):
            lines.append(
                "\(arrival.name) was seen at \(when) and is no event: snapshot \(number) of '\(dataset)' had the same bytes under that name"
            )
        case .refused(let id): lines.append("\(arrival.name) was refused at \(when) (refusal \(id))")
        case .heldBack:
            lines.append(
                "\(arrival.name) is good, and held back since \(when): other files of its drop were refused, and '\(dataset)' is replaced only as a whole"
            )
        }
        for refusal in refusals {
            lines.append("refusal \(refusal.id), \(moment(refusal.at)): \(whereabouts(refusal))")
            lines += refusal.findings.map { "  \(line($0))" }
            if let release = refusal.release {
                lines.append("  released by \(release.by) at \(moment(release.at)): \(release.reason)")
            } else if let number = arrival.outcome.snapshot {
                lines.append("  corrected since: snapshot \(number) holds what was accepted under that name")
            } else if refusal.artifact != nil {
                lines.append("  'sluice data release \(refusal.id) --reason …' takes it in all the same")
            }
        }
        return lines
    }

    /// A finding with its first place.
    package static func line(_ finding: DataFinding) -> String {
        var places: [String] = []
        if let record = finding.record { places.append("record \(record)") }
        if let line = finding.line { places.append("line \(line)") }
        if let value = finding.value { places.append("'\(value)'") }
        // Of a file or a column as a whole the message has said the value; the rows of a test of SQL stand nowhere else.
        let isPlaced = finding.record != nil || finding.line != nil || finding.check.hasPrefix("test:")
        let first = isPlaced && !places.isEmpty ? " (first: \(places.joined(separator: ", ")))" : ""
        return "\(finding.check): \(finding.message)\(first)".replacing("\n", with: " ")
    }

    /// The first finding, and how many others there are.
    package static func reason(_ refusal: Refusal) -> String {
        guard let first = refusal.findings.first else { return "no reason was recorded" }
        let more = refusal.findings.count - 1
        return "\(first.check): \(first.message)" + (more > 0 ? " (and \(counted(more, "other finding")))" : "")
    }

    private static func whereabouts(_ refusal: Refusal) -> String {
        switch refusal.place {
        case .awaitsMove(let path, _): "it lies at \(path)"
        case .quarantine(let path): "moved to \(path)"
        case .left(let path, nil): "left at \(path)"
        case .left(let path, let because?): "left at \(path), because \(because)"
        }
    }

    private static func some(_ names: [String]) -> String {
        let first = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(first) and \(names.count - 3) more" : first
    }
}
