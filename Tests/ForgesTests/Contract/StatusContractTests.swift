import Domain
import Forges
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct StatusContractTests {
    @Test(arguments: contractKinds)
    func `an equal status is not sent twice, and another one is`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            try await at.forge.set(at.status(.pending), in: at.repository)
            try await at.forge.set(at.status(.pending), in: at.repository)
            try await at.forge.set(at.status(.pending, "it waits for a person"), in: at.repository)
            try await at.forge.set(at.status(.success, "promoted"), in: at.repository)
            try await at.forge.set(at.status(.success, "promoted"), in: at.repository)

            #expect(
                at.fake.statuses(of: at.head.hex, in: at.path).map(\.description)
                    == ["it runs", "it waits for a person", "promoted"])
        }
    }

    @Test(arguments: contractKinds)
    func `every state has a word that the forge takes`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            for state in CommitStatus.State.allCases {
                try await at.forge.set(at.status(state, "as \(state.rawValue)"), in: at.repository)
            }

            let states = at.fake.statuses(of: at.head.hex, in: at.path).map(\.state)
            #expect(states.count == CommitStatus.State.allCases.count)
            let successes = states.filter { $0.lowercased().hasPrefix("success") }
            #expect(successes.count == 1)
        }
    }

    @Test(arguments: contractKinds)
    func `a long description is cut at the forge's limit`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let long = String(repeating: "é👩‍🔬", count: 200)

            try await at.forge.set(at.status(.failure, long), in: at.repository)
            try await at.forge.set(at.status(.failure, long), in: at.repository)

            let sent = at.fake.statuses(of: at.head.hex, in: at.path).map(\.description)
            #expect(sent.count == 1)
            #expect(sent.first?.hasSuffix("…") == true)
            #expect((sent.first?.utf16.count ?? .max) <= at.forge.abilities.statusLimit)
        }
    }

    @Test(arguments: contractKinds)
    func `a status of a commit that the forge does not have is refused`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            var status = at.status(.pending)
            status.commit = try #require(CommitID(hex: String(repeating: "e", count: 40)))
            let unknown = status

            let refusal = try await at.refusal { try await at.forge.set(unknown, in: at.repository) }

            #expect(refusal != nil)
            #expect(at.fake.writes.isEmpty)
        }
    }

    @Test(arguments: contractKinds)
    func `a status whose answer got lost is not sent again`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.trouble { $0.lostAnswers = 1 }

            let refusal = try await at.refusal { try await at.forge.set(at.status(.pending), in: at.repository) }
            try await at.forge.set(at.status(.pending), in: at.repository)

            #expect(refusal != nil)
            #expect(at.fake.statuses(of: at.head.hex, in: at.path).count == 1)
        }
    }
}
