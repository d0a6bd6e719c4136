/// What an operator demands of every run of a project, whatever its policy says; `floor:` in `server.yaml`.
package struct Floor: Codable, Equatable, Sendable {
    /// Asked besides the policy's own.
    package var gates: [Gate]
    /// At least as many people must approve.
    package var required: Int
    /// True: authors never count.
    package var notByAuthor: Bool
    /// Nobody else can approve, empty: as the policy says.
    package var by: [PersonName]

    package init(gates: [Gate] = [], required: Int = 0, notByAuthor: Bool = false, by: [PersonName] = []) {
        self.gates = gates
        self.required = required
        self.notByAuthor = notByAuthor
        self.by = by
    }
}
