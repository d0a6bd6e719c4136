import Domain

struct Drafting {
    let facts: RepositoryFacts
    init(_ facts: RepositoryFacts) { self.facts = facts }
    func draft() throws(Fault) -> PolicyDraft {
        throw Fault(.input, "nothing here could be training")
    }
}
