/// What a user of the server may do; each may do what the ones before may.
package enum Role: String, Codable, Sendable, CaseIterable, Comparable {
    /// See everything.
    case viewer
    /// Start, cancel and reproduce runs.
    case `operator`
    /// Approve, reject and roll back, as the policy of the run allows.
    case approver
    /// Users, tokens and the server itself.
    case admin

    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .approver: 2
        case .admin: 3
        }
    }
}
