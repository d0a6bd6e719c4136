import Domain
import Forges
import Foundation
import Testing

/// Signed bodies that no forge would send. Whatever they hold: an event that could be true, or a refusal.
@Suite struct MutationTests {
    static let samples: [Sample] = [
        GitHubSamples.handled[0], GitHubSamples.handled[3], GitHubSamples.handled[9],
        Sample(.github, "issue_comment", "comment", GitHubSamples.comment()),
        Sample(.github, "check_run", "button", GitHubSamples.button()),
        Sample(.github, "merge_group", "mergeGroup", GitHubSamples.mergeGroup()),
        Sample(.github, "star", "nothing", GitHubSamples.other()),
        GitLabSamples.handled[0], GitLabSamples.handled[6], GitLabSamples.handled[8],
        Sample(.gitlab, "Note Hook", "comment", GitLabSamples.note()),
        Sample(.gitlab, "Release Hook", "nothing", GitLabSamples.other("release")),
        GiteaSamples.handled(.gitea)[0], GiteaSamples.handled(.forgejo)[2], GiteaSamples.handled(.gitea)[3],
        GiteaSamples.handled(.forgejo)[8], GiteaSamples.handled(.gitea)[9],
        Sample(.forgejo, "release", "nothing", GiteaSamples.other("published")),
        BitbucketSamples.all[0], BitbucketSamples.all[4], BitbucketSamples.changes[0], BitbucketSamples.changes[2],
    ]

    @Test(arguments: samples)
    func `no value of another type or size makes an event that cannot be`(_ sample: Sample) throws {
        var events = 0
        var refused = 0
        try Mutations(sample.body).forEach { body in
            switch check(body, of: sample) {
            case .success: events += 1
            case .failure: refused += 1
            }
        }

        // Some values are not read; nothing would be tested if none of them was, or if all were.
        #expect(events > 0)
        #expect(refused > 0)
    }

    @Test(arguments: samples)
    func `a body that is cut off at any place is malformed`(_ sample: Sample) {
        let whole = sample.json
        for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 150)) {
            guard case .failure(.malformed) = check(whole.prefix(length), of: sample) else {
                Issue.record("cut at \(length) it is taken")
                return
            }
        }
    }

    @Test(arguments: samples)
    func `bytes that are no text are never taken for some`(_ sample: Sample) {
        let whole = sample.json
        for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
            for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x00]] {
                var body = whole
                body.insert(contentsOf: bytes, at: place)
                _ = check(body, of: sample)
            }
        }
    }

    @Test(arguments: samples)
    func `a member that is there twice is taken once or not at all`(_ sample: Sample) throws {
        let value = try JSONDecoder().decode([String: JSONValue].self, from: sample.json)
        for name in value.keys {
            for other in ["null", "5", "\"\"", "[]", "{}"] {
                let twice = #""\#(name)":\#(other)"#
                _ = check(Data("{\(twice),\(sample.body.dropFirst())".utf8), of: sample)
                _ = check(Data("\(sample.body.dropLast()),\(twice)}".utf8), of: sample)
            }
        }
    }

    @Test(arguments: ForgeKind.allCases)
    func `bodies that cost too much are malformed before they are read`(_ kind: ForgeKind) throws {
        let sample = try #require(Self.samples.first { $0.kind == kind })
        let opened = String(sample.body.dropLast())
        let members = (0..<2_000).map { #""a\#($0)":1"# }.joined(separator: ",")
        let items = String(repeating: "1,", count: 500_000) + "1"
        let long = String(repeating: "x", count: 7_000_000)
        let bodies = [
            String(repeating: "[", count: 1_000_000), String(repeating: #"{"a":"#, count: 200_000),
            #"\#(opened),"more":{\#(members)}}"#, #"\#(opened),"more":[\#(items)]}"#, #"\#(opened),"more":"\#(long)"}"#,
            #"\#(opened),"\#(String(repeating: "x", count: 2_000))":1}"#,
        ]
        for body in bodies {
            guard case .failure(.malformed) = check(Data(body.utf8), of: sample) else {
                Issue.record("\(body.prefix(40))… is taken")
                continue
            }
        }
    }

    /// Signs and reads it; an event that cannot be is an issue of the test.
    private func check(_ body: Data, of sample: Sample) -> Result<ForgeDelivery, WebhookRefusal> {
        let read = take(post(sample.kind, sample.name, Data(body)), sample.kind)
        switch read {
        case .success(let delivery):
            if let fault = fault(in: delivery.event) {
                Issue.record("\(fault) of \(String(decoding: body.prefix(3_000), as: UTF8.self))")
            }
        case .failure(.signature(let said)): Issue.record("the signature is refused: \(said)")
        case .failure(.malformed(let said)): #expect(said.utf8.count < 1_000)
        }
        return read
    }

    /// What is wrong with an event; nil: it can be stored, read again and acted on.
    private func fault(in event: ForgeEvent) -> String? {
        // Times are stored in milliseconds; what was stored once stays as it is.
        let stored = Canonical.bytes(of: event)
        guard let again = try? Canonical.decode(ForgeEvent.self, from: stored), Canonical.bytes(of: again) == stored
        else { return "it cannot be stored" }
        switch event {
        case .push(_, _, _, let user): return user.flatMap(fault)
        case .pullRequest(let pull, _):
            if pull.number <= 0 { return "a pull request without a number" }
            if pull.title.utf8.count > 5_000 { return "a title without an end" }
            if pull.updatedAt.isEmpty || pull.updatedAt.utf8.count > 100 { return "a time that is none" }
            return fault(pull.author) ?? pull.mergedBy.flatMap(fault)
        case .comment(let comment):
            if comment.pullRequest <= 0 { return "a comment on nothing" }
            if comment.id.isEmpty || comment.id.utf8.count > 64 { return "a comment without an id" }
            if comment.body.utf8.count > 70_000 { return "a comment without an end" }
            return fault(comment.author)
        case .button(let button): return fault(button.by)
        case .mergeGroup: return nil
        case .pullRequestChanged(let number): return number > 0 ? nil : "a pull request without a number"
        case .nothing(let name): return name.isEmpty || name.utf8.count > 200 ? "a nothing without a name" : nil
        }
    }

    private func fault(_ user: ForgeUser) -> String? {
        user.id.isEmpty || user.id == "0" || user.id.utf8.count > 100 ? "a user without an id" : nil
    }
}
