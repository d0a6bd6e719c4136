import Domain
import Forges
import Foundation
import Testing

/// Each event of each forge's manual: handled, or a named nothing.
@Suite struct EveryEventTests {
    static let all: [Sample] =
        GitHubSamples.handled + GitHubSamples.nothing + GitLabSamples.handled + GitLabSamples.nothing
        + GiteaSamples.handled(.gitea) + GiteaSamples.nothing(.gitea) + GiteaSamples.handled(.forgejo)
        + GiteaSamples.nothing(.forgejo) + BitbucketSamples.all

    @Test(arguments: all)
    func `every event of every forge becomes what it should`(_ sample: Sample) throws {
        let delivery = try take(sample).get()

        #expect(word(delivery.event) == sample.becomes)
        if case .nothing(let name) = delivery.event { #expect(!name.isEmpty) }
        if sample.becomes != "nothing" { #expect(delivery.repository != nil) }
    }

    /// Bitbucket tells the first 12 digits of a commit. What they stand for only its API knows.
    @Test(arguments: BitbucketSamples.changes)
    func `a pull request of Bitbucket is named and not believed`(_ sample: Sample) throws {
        let event = try take(sample).get().event

        #expect(word(event) == "pullRequestChanged")
    }

    /// Anybody who may push can make such a branch: it must not cost the webhook, nor hide what else was pushed.
    @Test(arguments: ["-rf", "a b", String(repeating: "x", count: 300), "a..b", "\u{1B}[2J", "x.lock/y"])
    func `a branch name that is not allowed is a named nothing on every forge`(_ name: String) throws {
        let pushes = Self.all.filter { $0.becomes.hasPrefix("push") }
        #expect(Set(pushes.map(\.kind)) == Set(ForgeKind.allCases))
        for sample in pushes {
            let told = try take(Self.renamed(sample, to: name)).get().event
            guard case .nothing(let reason) = told else {
                Issue.record("\(sample.kind) \(sample.name): \(told)")
                continue
            }
            #expect(reason.hasPrefix("branch name '") && reason.hasSuffix("' is not allowed here"), "\(reason)")
            #expect(!reason.contains("\u{1B}") && reason.utf8.count <= 200)
        }
        for sample in Self.all where sample.becomes.hasPrefix("pullRequest ") || sample.becomes == "mergeGroup" {
            let told = try take(Self.renamed(sample, to: name)).get().event
            guard case .nothing(let reason) = told else {
                Issue.record("\(sample.kind) \(sample.name): \(told)")
                continue
            }
            #expect(reason.hasPrefix("branch name '"), "\(sample.kind): \(reason)")
        }
    }

    /// The sample with another name for the branch that it is about.
    private static func renamed(_ sample: Sample, to name: String) throws -> Sample {
        let value = try JSONDecoder().decode(JSONValue.self, from: sample.json)
        let json = try JSONEncoder().encode(renamed(value, "", name))
        return Sample(sample.kind, sample.name, sample.becomes, String(decoding: json, as: UTF8.self))
    }

    private static func renamed(_ value: JSONValue, _ key: String, _ name: String) -> JSONValue {
        switch value {
        case .object(let members):
            // A branch of Bitbucket is an object with a type and a name.
            let isBranch = members["type"]?.text == "branch" || members["type"]?.text == "named_branch"
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { member, value in
                        (member, member == "name" && isBranch ? .string(name) : renamed(value, member, name))
                    }))
        case .array(let items): return .array(items.map { renamed($0, key, name) })
        case .string(let text):
            if text.hasPrefix("refs/heads/") { return .string("refs/heads/\(name)") }
            return ["ref", "source_branch", "target_branch"].contains(key) ? .string(name) : value
        case .null, .bool, .integer, .number: return value
        }
    }

    @Test(arguments: [ForgeKind.github, .gitea, .forgejo, .gitlab, .bitbucket])
    func `a delivery carries the forge's id and name of it`(_ kind: ForgeKind) throws {
        let sample = try #require(Self.all.first { $0.kind == kind })

        let delivery = try take(sample).get()

        #expect(delivery.id == "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        #expect(delivery.name == sample.name)
    }

    /// The path decides which forge it is; the headers of another one are not looked at.
    @Test func `a delivery for one forge is refused by the webhook of another`() {
        for sample in [GitHubSamples.handled[0], GiteaSamples.handled(.gitea)[0], GitLabSamples.handled[0]] {
            for kind in ForgeKind.allCases where kind != sample.kind {
                // Gitea sends GitHub's headers too, and Forgejo Gitea's: those are no mistake.
                if [.gitea, .forgejo].contains(kind) && [.github, .gitea, .forgejo].contains(sample.kind) { continue }
                if kind == .github && [.gitea, .forgejo].contains(sample.kind) { continue }
                let request = post(sample.kind, sample.name, sample.json)
                guard case .failure(.signature) = take(request, kind) else {
                    Issue.record("\(kind) takes \(sample)")
                    continue
                }
            }
        }
    }
}
