import Domain
import Engine
import Storage

/// What became of dropped files, in words.
enum DataSentences {
    static func lines(_ taken: TakenIn, of dataset: DatasetName) -> [String] {
        var lines: [String] = []
        if let snapshot = taken.snapshot, !taken.accepted.isEmpty {
            let new = taken.accepted.filter { !$0.replaced }.map(\.name)
            let replaced = taken.accepted.filter(\.replaced).map(\.name)
            var parts: [String] = []
            if !new.isEmpty { parts.append("new \(some(new))") }
            if !replaced.isEmpty { parts.append("replaced \(some(replaced))") }
            lines.append("\(dataset): snapshot \(snapshot.ref.number): \(parts.joined(separator: "; "))")
        }
        for refusal in taken.refused.prefix(20) {
            lines.append("\(dataset): refused \(refusal.name): \(reason(refusal))")
            lines.append("  \(whereabouts(refusal)); 'sluice data why \(refusal.name)' tells all")
        }
        if taken.refused.count > 20 { lines.append("\(dataset): refused \(taken.refused.count - 20) more") }
        if !taken.heldBack.isEmpty {
            lines.append(
                "\(dataset): \(some(taken.heldBack)) good, and held back until the refused files of the drop are corrected"
            )
        }
        if !taken.unchanged.isEmpty, taken.accepted.isEmpty, taken.refused.isEmpty {
            lines.append("\(dataset): nothing new: \(some(taken.unchanged)) is there already")
        }
        return lines
    }

    /// Everything that is known of a dropped file.
    static func lines(_ story: Engine.FileStory) -> [String] {
        let when = moment(story.arrival.at)
        var lines: [String] = []
        switch story.arrival.outcome {
        case .accepted(let number, let replaced):
            let words = replaced ? "took the place of an older file of that name" : "was taken in"
            lines.append("\(story.arrival.name) \(words) at \(when): snapshot \(number) of '\(story.dataset)'")
        case .unchanged(let number):
            lines.append(
                "\(story.arrival.name) was seen at \(when) and is no event: snapshot \(number) of '\(story.dataset)' had the same bytes under that name"
            )
        case .refused(let id): lines.append("\(story.arrival.name) was refused at \(when) (refusal \(id))")
        case .heldBack:
            lines.append(
                "\(story.arrival.name) is good, and held back since \(when): other files of its drop were refused, and '\(story.dataset)' is replaced only as a whole"
            )
        }
        for refusal in story.refusals {
            lines.append("refusal \(refusal.id), \(moment(refusal.at)): \(whereabouts(refusal))")
            lines += refusal.findings.map { "  \(line($0))" }
            if let release = refusal.release {
                lines.append("  released by \(release.by) at \(moment(release.at)): \(release.reason)")
            } else if let number = story.arrival.outcome.snapshot {
                lines.append("  corrected since: snapshot \(number) holds what was accepted under that name")
            } else if refusal.artifact != nil {
                lines.append("  'sluice data release \(refusal.id) --reason …' takes it in all the same")
            }
        }
        return lines
    }

    /// A finding with its first place.
    static func line(_ finding: DataFinding) -> String {
        var places: [String] = []
        if let record = finding.record { places.append("record \(record)") }
        if let line = finding.line { places.append("line \(line)") }
        if let value = finding.value { places.append("'\(value)'") }
        let first = places.isEmpty ? "" : " (first: \(places.joined(separator: ", ")))"
        return "\(finding.check): \(finding.message)\(first)".replacing("\n", with: " ")
    }

    /// The first finding, and how many others there are.
    static func reason(_ refusal: Refusal) -> String {
        guard let first = refusal.findings.first else { return "no reason was recorded" }
        let more = refusal.findings.count - 1
        return "\(first.check): \(first.message)" + (more > 0 ? " (and \(counted(more, "other finding")))" : "")
    }

    static func whereabouts(_ refusal: Refusal) -> String {
        switch refusal.place {
        case .awaitsMove(let path, _): "it lies at \(path)"
        case .quarantine(let path): "moved to \(path)"
        case .left(let path, nil): "left at \(path)"
        case .left(let path, let because?): "left at \(path), because \(because)"
        }
    }

    /// Where its bytes are.
    static func path(_ refusal: Refusal) -> String {
        switch refusal.place {
        case .awaitsMove(let path, _), .quarantine(let path), .left(let path, _): path
        }
    }

    private static func some(_ names: [String]) -> String {
        let first = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(first) and \(names.count - 3) more" : first
    }
}
