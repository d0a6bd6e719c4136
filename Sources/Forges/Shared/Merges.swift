import Domain

extension Merging {
    /// Asks for a merge in one way after the other, until one is not refused for being that way.
    ///
    /// What a forge answers to a merge that its rules do not allow is an answer, and no trouble.
    static func trying(
        _ ways: [String], _ merge: (String) async throws(ForgeError) -> Void
    ) async throws(ForgeError) -> Merging {
        var last = Merging.refused("there is no way to merge")
        for way in ways {
            do throws(ForgeError) {
                try await merge(way)
                return .merged
            } catch {
                guard let answer = Merging(error) else { throw error }
                last = answer
                if case .notYet(let said) = answer, Merging.isAboutTheWay(said) { continue }
                return answer
            }
        }
        return last
    }

    /// Nil: trouble, which is the sender's to deal with.
    init?(_ error: ForgeError) {
        switch error {
        case .forbidden(let said), .notFound(let said): self = .refused(said)
        case .refused(let said), .conflict(let said): self = .notYet(said)
        case .rateLimited, .unreachable, .unauthorized, .unreadable: return nil
        }
    }

    /// GitHub: "Merge commits are not allowed on this repository."; Gitea: "merge is not allowed an allowed merge style".
    private static func isAboutTheWay(_ said: String) -> Bool {
        let said = said.lowercased()
        return said.contains("not allowed on this repository") || said.contains("allowed merge style")
            || said.contains("invalid merge style")
    }
}
