import Crypto
import Domain
import Forges
import Foundation
import Testing

/// Who may speak: checked before anything is read, for every kind of forge.
@Suite struct SignatureTests {
    /// Forges whose signature is a code over the body, with the header that counts.
    static let signed: [(kind: ForgeKind, header: String, prefix: String)] = [
        (.github, "x-hub-signature-256", "sha256="), (.gitea, "x-gitea-signature", ""),
        (.gitea, "x-hub-signature-256", "sha256="), (.forgejo, "x-forgejo-signature", ""),
        (.forgejo, "x-gitea-signature", ""), (.forgejo, "x-hub-signature-256", "sha256="),
        (.bitbucket, "x-hub-signature", "sha256="),
    ]

    static func sample(_ kind: ForgeKind) -> Sample {
        switch kind {
        case .github: GitHubSamples.handled[0]
        case .gitea, .forgejo: GiteaSamples.handled(kind)[0]
        case .gitlab: GitLabSamples.handled[0]
        case .bitbucket: BitbucketSamples.all[0]
        }
    }

    /// A request with one signature only.
    static func only(_ header: String, _ value: String?, _ kind: ForgeKind) -> WebhookRequest {
        let sample = sample(kind)
        let whole = post(kind, sample.name, sample.json)
        var headers = whole.headers.filter { !$0.key.contains("signature") && !$0.key.hasSuffix("-token") }
        headers[header] = value
        return WebhookRequest(headers: headers, body: whole.body)
    }

    @Test(arguments: signed)
    func `only the right code over these bytes is taken`(_ kind: ForgeKind, _ header: String, _ prefix: String) throws {
        let sample = Self.sample(kind)
        let code = hexCode(of: sample.json, secret)
        let wrong: [String?] = [
            nil, "", prefix, prefix + "x", prefix + String(code.dropLast()), prefix + String(code.dropLast(2)),
            prefix + code + "0", prefix + code + code, "sha1=" + code, prefix + String(repeating: "0", count: 64),
            prefix + hexCode(of: sample.json, "another secret"), prefix + hexCode(of: Data("{}".utf8), secret),
            prefix + hexCode(of: sample.json, ""), prefix + String(code.reversed()), " " + prefix + code,
            prefix + String(repeating: "ä", count: 32),
        ]

        _ = try take(Self.only(header, prefix + code, kind), kind).get()
        for value in wrong {
            guard case .failure(.signature) = take(Self.only(header, value, kind), kind) else {
                Issue.record("\(value ?? "no header") is taken")
                continue
            }
        }
    }

    /// No forge writes them so, and they are the same digits.
    @Test(arguments: signed)
    func `upper case digits of the right code are as good`(_ kind: ForgeKind, _ header: String, _ prefix: String) throws
    {
        let code = hexCode(of: Self.sample(kind).json, secret).uppercased()

        _ = try take(Self.only(header, prefix + code, kind), kind).get()
    }

    @Test(arguments: ForgeKind.allCases)
    func `both secrets are good while they are changed`(_ kind: ForgeKind) throws {
        let sample = Self.sample(kind)
        let secrets = ["the new one", secret]

        for good in secrets {
            _ = try take(post(kind, sample.name, sample.json, secret: good), kind, secrets: secrets).get()
        }
        guard
            case .failure(.signature) = take(
                post(kind, sample.name, sample.json, secret: "x"), kind, secrets: secrets)
        else {
            Issue.record("a third secret is good")
            return
        }
    }

    @Test(arguments: ForgeKind.allCases)
    func `there is no webhook without a secret`(_ kind: ForgeKind) {
        #expect(Webhook(kind: kind, secrets: []) == nil)
        #expect(Webhook(kind: kind, secrets: [""]) == nil)
        #expect(Webhook(kind: kind, secrets: [secret, ""]) == nil)
    }

    @Test(arguments: ForgeKind.allCases)
    func `garbage that nobody signed is a matter of the signature and not of its form`(_ kind: ForgeKind) {
        let name = Self.sample(kind).name
        for body in ["", "{", String(repeating: "[", count: 100_000), "payload=%zz"] {
            for type in ["application/json", "application/x-www-form-urlencoded", "text/plain", nil] {
                var request = post(kind, name, Data(body.utf8), secret: "somebody else's")
                var headers = request.headers
                headers["content-type"] = type
                request = WebhookRequest(headers: headers, body: request.body)
                guard case .failure(.signature) = take(request, kind) else {
                    Issue.record("\(body.prefix(20)) as \(type ?? "nothing") is looked at")
                    continue
                }
            }
        }
    }

    /// GitHub's own example.
    @Test func `the code of GitHub's manual is the code`() {
        let code = hexCode(of: Data("Hello, World!".utf8), "It's a Secret to Everybody")

        #expect(code == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
    }
}
