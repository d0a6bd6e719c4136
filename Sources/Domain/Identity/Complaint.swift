/// What is wrong with a file that a user wrote, where, and what was probably meant.
package struct Complaint: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// As the user knows it: `sluice.yaml`.
    package var file: String
    /// From 1; nil if the file as a whole is meant.
    package var line: Int?
    /// From 1, in characters.
    package var column: Int?
    /// One sentence.
    package var message: String
    /// What to do, if we know: `did you mean 'metric'?`
    package var advice: String?

    package init(file: String, line: Int? = nil, column: Int? = nil, message: String, advice: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.advice = advice
    }

    /// `sluice.yaml:3:5: unknown key 'metrc'; did you mean 'metric'?`
    package var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
        return "\(place): \(message)" + (advice.map { "; \($0)" } ?? "")
    }
}

/// Everything that is wrong with a user's files; never empty when thrown.
package struct Complaints: Error, Equatable, Sendable, CustomStringConvertible {
    package var all: [Complaint]
    package init(_ all: [Complaint]) { self.all = all }
    package var description: String { all.map(\.description).joined(separator: "\n") }

    /// As a fault of the user's input.
    package var fault: Fault { Fault(.input, description) }
}
