import Domain
import Foundation
import Testing

private let later = noon.addingTimeInterval(3600)

@Test func `decisions amount to what the policy makes of them`() throws {
    let (alice, bob) = (try person("alice"), try person("bob"))
    let yes = Decision.Answer.approve
    let no = Decision.Answer.reject(reason: "leaks")
    let table: [(ApprovalPolicy, [Decision], Standing)] = [
        (ApprovalPolicy(required: 1), [], .waiting(missing: 1)),
        (ApprovalPolicy(required: 1), [try decision("alice", yes)], .approved(by: [alice])),
        (ApprovalPolicy(required: 2), [try decision("alice", yes)], .waiting(missing: 1)),
        (ApprovalPolicy(required: 2), [try decision("alice", yes), try decision("alice", yes)], .waiting(missing: 1)),
        (
            ApprovalPolicy(required: 2), [try decision("alice", yes), try decision("bob", yes)],
            .approved(by: [alice, bob])
        ),
        (ApprovalPolicy(required: 0), [], .notNeeded),
        (ApprovalPolicy(required: 0), [try decision("bob", no)], .rejected(by: bob, reason: "leaks")),
        (
            ApprovalPolicy(required: 1), [try decision("alice", yes), try decision("bob", no)],
            .rejected(by: bob, reason: "leaks")
        ),
        (ApprovalPolicy(required: 1, expires: 3600), [], .expired(at: later)),
        (ApprovalPolicy(required: 1, expires: 3601), [], .waiting(missing: 1)),
        (ApprovalPolicy(required: 1, expires: 1), [try decision("alice", yes)], .approved(by: [alice])),
        (ApprovalPolicy(required: 1, expires: 1), [try decision("bob", no)], .rejected(by: bob, reason: "leaks")),
        (ApprovalPolicy(required: 0, expires: 1), [], .notNeeded),
    ]

    for (policy, decisions, expected) in table {
        #expect(policy.standing(of: decisions, judgedAt: noon, now: later) == expected)
    }
}

private struct Attempt {
    var policy = ApprovalPolicy()
    var answer = Decision.Answer.approve
    var person = "alice"
    var author = "Carol <carol@example.org>"
    var decisions: [Decision] = []
    var standpoint: Standpoint?
    var voice: Voice?
    var floor: [PersonName] = []

    func refusal() throws -> DecisionRefusal? {
        let name = try DomainTests.person(person)
        var made = try decision(person, answer)
        made.at = later
        made.by = name
        made.standpoint = standpoint
        made.voice = voice
        do throws(DecisionRefusal) {
            try policy.check(made, author: author, floor: floor, decisions: decisions, judgedAt: noon)
            return nil
        } catch {
            return error
        }
    }
}

@Test func `anyone may decide where the policy names nobody`() throws {
    #expect(try Attempt().refusal() == nil)
    #expect(try Attempt(answer: .reject(reason: "leaks")).refusal() == nil)
}

@Test func `only those whom the policy names may decide, in both directions`() throws {
    let (alice, mallory) = (try person("alice"), try person("mallory"))
    let policy = ApprovalPolicy(by: [alice])
    let refusal = DecisionRefusal.notListed(mallory, allowed: [alice])

    #expect(try Attempt(policy: policy).refusal() == nil)
    #expect(try Attempt(policy: policy, person: "mallory").refusal() == refusal)
    #expect(try Attempt(policy: policy, answer: .reject(reason: "x"), person: "mallory").refusal() == refusal)
}

@Test(arguments: ["Alice <a@example.org>", "A <alice@example.org>", "A <ALICE@EXAMPLE.ORG>", "ALICE", "alice <>"])
func `an author may not approve the change but may reject it`(_ author: String) throws {
    let policy = ApprovalPolicy(notByAuthor: true)
    let alice = try person("alice")

    #expect(try Attempt(policy: policy, author: author).refusal() == .ownChange(alice, author: author))
    #expect(try Attempt(policy: policy, answer: .reject(reason: "x"), author: author).refusal() == nil)
    #expect(try Attempt(author: author).refusal() == nil)
}

@Test(arguments: ["", "<>", "Bob <bob@alice.org>", "Malice <malice@example.org>"])
func `another author is no hindrance`(_ author: String) throws {
    #expect(try Attempt(policy: ApprovalPolicy(notByAuthor: true), author: author).refusal() == nil)
}

@Test func `the author is known by the whole address too`() throws {
    let attempt = Attempt(
        policy: ApprovalPolicy(notByAuthor: true), person: "Carol@Example.org", author: "C <carol@example.org>")

    #expect(
        try attempt.refusal() == .ownChange(try person("Carol@Example.org"), author: "C <carol@example.org>"))
}

@Test func `nothing is decided after a rejection, after the time, or twice`() throws {
    let (alice, bob) = (try person("alice"), try person("bob"))
    let rejected = [try decision("bob", .reject(reason: "leaks"))]
    let approved = [try decision("alice", .approve)]

    #expect(try Attempt(decisions: rejected).refusal() == .alreadyRejected(by: bob, reason: "leaks"))
    #expect(try Attempt(policy: ApprovalPolicy(expires: 3600)).refusal() == .expired(at: later))
    #expect(try Attempt(decisions: approved).refusal() == .alreadyDecided(alice))
    #expect(try Attempt(person: "bob", decisions: approved).refusal() == nil)
}

@Test func `who approved may still reject`() throws {
    let approved = [try decision("alice", .approve)]

    #expect(try Attempt(answer: .reject(reason: "I was wrong"), decisions: approved).refusal() == nil)
}

@Test func `logins have no letter case, and a team counts only if the forge confirmed it`() throws {
    let team = try person("@acme/ml-leads")
    let policy = ApprovalPolicy(by: [try person("Alice"), team])
    let refusal = DecisionRefusal.notListed(try person("mallory"), allowed: policy.by)

    #expect(try Attempt(policy: policy, person: "aLICE").refusal() == nil)
    #expect(try Attempt(policy: policy, person: "mallory").refusal() == refusal)
    #expect(
        try Attempt(
            policy: policy, person: "mallory", standpoint: Standpoint(listedAs: ["@Acme/ml-leads"], isAuthor: false)
        ).refusal() == nil)
    #expect(
        try Attempt(
            policy: policy, person: "mallory", standpoint: Standpoint(listedAs: ["@evil/leads"], isAuthor: false)
        ).refusal() == refusal)
    #expect(
        try Attempt(policy: policy, person: "@acme/ml-leads").refusal() == .notListed(team, allowed: policy.by),
        "a name is no team")
}

@Test func `the floor's people are asked for besides the policy's`() throws {
    let (alice, bob) = (try person("alice"), try person("bob"))
    let policy = ApprovalPolicy(by: [alice, bob])

    #expect(try Attempt(policy: policy, floor: [alice]).refusal() == nil)
    #expect(try Attempt(policy: policy, person: "bob", floor: [alice]).refusal() == .notListed(bob, allowed: [alice]))
}

@Test func `the author of the pull request does not count where the policy says so`() throws {
    let attempt = Attempt(
        policy: ApprovalPolicy(notByAuthor: true), standpoint: Standpoint(listedAs: ["alice"], isAuthor: true))

    #expect(try attempt.refusal() == .ownChange(try person("alice"), author: attempt.author))
}

@Test func `one person who changed the login, or writes it otherwise, is one person`() throws {
    let forge = try #require(ForgeName("gh"))
    func approval(_ login: String, id: String) throws -> Decision {
        var made = try decision(login, .approve)
        made.voice = Voice(
            person: made.by, user: ForgeUser(id: id, login: made.by), way: .comment(forge, id: "1", pullRequest: 1))
        return made
    }
    let policy = ApprovalPolicy(required: 2)
    func standing(_ decisions: [Decision]) -> Standing { policy.standing(of: decisions, judgedAt: noon, now: later) }

    #expect(standing([try approval("alice", id: "7"), try approval("alice2", id: "7")]) == .waiting(missing: 1))
    #expect(standing([try approval("alice", id: "7"), try decision("ALICE", .approve)]) == .waiting(missing: 1))
    #expect(
        standing([try approval("alice", id: "7"), try approval("bob", id: "8")])
            == .approved(by: [try person("alice"), try person("bob")]))
}
