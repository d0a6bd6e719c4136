import Domain

/// What `why` prints, from the JSON that a home or a server gives (docs/json.md).
enum WhyText {
    /// Dropped files, then what happened, oldest first, then what is waited for.
    static func lines(_ answer: JSONValue) -> [String] {
        var lines = items(answer["files"]).flatMap { items($0["said"]).compactMap(\.text) }
        let events = items(answer["events"]).map { event in
            let person = event["by"]?.text.map { " by \($0)" } ?? ""
            let id = event["id"]?.int64.map { "event \($0), " } ?? ""
            return (at: text(event["at"]), said: "\(id)\(text(event["event"]))\(person): \(text(event["outcome"]))")
        }
        let steps = items(answer["journal"]).map { (at: text($0["at"]), said: text($0["said"])) }
        // What happened in the same millisecond stays in the order of the records.
        lines += (events + steps).enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map { "\($0.element.at)  \($0.element.said)" }
        lines += items(answer["waits"]).map { "\(text($0["subject"])) waits for \(text($0["waits_for"]))" }
        return lines
    }

    private static func text(_ value: JSONValue?) -> String { value?.text ?? "" }

    private static func items(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let items)? = value { items } else { [] }
    }
}
