import Domain
import Forges
import Foundation
import Testing

@Suite struct GiteaWebhookTests {
    static let kinds: [ForgeKind] = [.gitea, .forgejo]

    @Test(arguments: kinds)
    func `a pull request tells all that is asked for`(_ kind: ForgeKind) throws {
        let event = try taken(
            kind, "pull_request", GiteaSamples.pullRequest("closed", state: "closed", merged: true))

        guard case .pullRequest(let pull, .merged) = event else {
            Issue.record("it is \(event)")
            return
        }
        #expect(pull.number == 7)
        #expect(pull.state == .merged)
        #expect(pull.author == ForgeUser(id: "6641", login: try #require(PersonName("alice"))))
        #expect(pull.head.hex == GiteaSamples.new)
        #expect(pull.headRepository?.path == "acme/flights")
        #expect(!pull.isFork)
        #expect(pull.mergedBy?.id == "6641")
        #expect(pull.mergeCommit?.hex == GiteaSamples.old)
    }

    @Test(arguments: kinds)
    func `a form is taken apart only for what can be a signature, whatever stands before its payload`(
        _ kind: ForgeKind
    ) throws {
        let name = kind == .gitea ? "x-gitea" : "x-forgejo"
        let fields = String(repeating: "a&", count: 100_000)
        let json = #"{"action":"starred","repository":{"full_name":"acme/flights"}}"#
        let encoded = try #require(json.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        func taken(_ code: String, _ form: String) -> Result<ForgeDelivery, WebhookRefusal> {
            let headers = [
                "content-type": "application/x-www-form-urlencoded", "\(name)-event": "star", "\(name)-signature": code,
                "\(name)-delivery": "1",
            ]
            return take(WebhookRequest(headers: headers, body: Data(form.utf8)), kind)
        }

        let good = taken(hexCode(of: Data(json.utf8), secret), "\(fields)payload=\(encoded)&payload=other")
        let short = taken("abcd", fields)
        let words = taken(String(repeating: "z", count: 64), fields)
        let wrong = taken(String(repeating: "0", count: 64), fields)

        #expect((try? good.get().event) == .nothing("star"), "\(good)")
        #expect(short == .failure(.signature("the header \(name)-signature is no signature")))
        #expect(words == short)
        #expect(wrong == .failure(.signature("there is nothing that the signature could be over")))
    }

    @Test(arguments: kinds)
    func `forks and pull requests without a branch are foreign`(_ kind: ForgeKind) throws {
        let heads = [
            GiteaSamples.branch(ref: "tune", sha: GiteaSamples.new, id: 77, repo: GiteaSamples.fork),
            GiteaSamples.branch(ref: "refs/pull/7/head", sha: GiteaSamples.new, id: -1, repo: nil),
            GiteaSamples.branch(ref: "refs/pull/7/head", sha: GiteaSamples.new),
        ]
        for head in heads {
            guard
                case .pullRequest(let pull, .opened) = try taken(
                    kind, "pull_request", GiteaSamples.pullRequest("opened", head: head))
            else {
                Issue.record("it is another event")
                continue
            }
            #expect(pull.isFork)
        }
        let agit = try taken(kind, "pull_request", GiteaSamples.pullRequest("opened", more: #","flow":1"#))
        guard case .pullRequest(let pull, _) = agit else {
            Issue.record("it is another event")
            return
        }
        #expect(pull.isFork)
    }

    /// In one header `pull_request_comment` is a review, in the other one an ordinary comment.
    @Test(arguments: kinds)
    func `a comment is told by the event and not by its type`(_ kind: ForgeKind) throws {
        let comment = post(kind, "issue_comment", Data(GiteaSamples.comment().utf8))
        var headers = comment.headers
        headers["x-gitea-event-type"] = "pull_request_comment"
        headers["x-forgejo-event-type"] = "pull_request_comment"
        let review = try taken(kind, "pull_request_comment", GiteaSamples.pullRequest("reviewed"))

        let event = try take(WebhookRequest(headers: headers, body: comment.body), kind).get().event

        guard case .comment(let told) = event else {
            Issue.record("it is \(event)")
            return
        }
        #expect(told.pullRequest == 7)
        #expect(told.id == "43")
        #expect(told.body == "/retrain")
        #expect(!told.isEdited && !told.isByMachine)
        #expect(review == .nothing("a review"))
    }

    @Test(arguments: kinds)
    func `old versions tell by the issue alone that it is a pull request`(_ kind: ForgeKind) throws {
        let text = GiteaSamples.comment().replacing(#","is_pull":true"#, with: "")

        #expect(word(try taken(kind, "issue_comment", text)) == "comment")
    }

    @Test(arguments: kinds)
    func `what nobody wrote is a machine's`(_ kind: ForgeKind) throws {
        let text = GiteaSamples.comment().replacing(#""id":6641"#, with: #""id":-2"#)

        guard case .comment(let told) = try taken(kind, "issue_comment", text) else {
            Issue.record("it is another event")
            return
        }

        #expect(told.isByMachine)
    }

    @Test(arguments: kinds)
    func `a branch that is deleted is gone`(_ kind: ForgeKind) throws {
        for ref in ["tune", "refs/heads/tune"] {
            let event = try taken(kind, "delete", GiteaSamples.deletion(ref: ref))
            guard case .push(let branch, nil, nil, .some) = event else {
                Issue.record("it is \(event)")
                continue
            }
            #expect(branch.text == "tune")
        }
    }

    /// The signature is over the JSON inside of the form.
    @Test(arguments: kinds)
    func `a form is as good as JSON`(_ kind: ForgeKind) throws {
        let json = GiteaSamples.comment(body: "/reject 100% + more & worse")
        let signed = post(kind, "issue_comment", Data(json.utf8))
        var headers = signed.headers
        headers["content-type"] = "application/x-www-form-urlencoded"
        let encoded = json.utf8.map { byte -> String in
            switch byte {
            case 0x20: "+"
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
        let form = Data("payload=\(encoded)".utf8)

        let event = try take(WebhookRequest(headers: headers, body: form), kind).get().event
        let wrong = take(WebhookRequest(headers: headers, body: form + Data("x".utf8)), kind)

        guard case .comment(let told) = event else {
            Issue.record("it is \(event)")
            return
        }
        #expect(told.body == "/reject 100% + more & worse")
        guard case .failure(.signature) = wrong else {
            Issue.record("a form that was changed is taken")
            return
        }
    }
}
