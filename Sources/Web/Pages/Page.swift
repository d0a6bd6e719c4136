import Domain
import Foundation
import HTTPTypes
import Mustache

/// Pages from the templates of `templates/web`, which the build puts into the executable.
///
/// Values are escaped scalar by scalar before a template has them, so the templates escape nothing: a letter with an
/// accent on a `<` is no way around it.
enum Page {
    /// Fills a template. `content` holds texts, numbers, lists and groups; texts are escaped here.
    static func reply(
        _ name: String, _ title: String, _ content: [String: Value], _ caller: Caller?,
        _ status: HTTPResponse.Status = .ok
    ) throws -> Reply {
        var content = content
        content["title"] = .text(title)
        if let caller {
            content["proof"] = .text(caller.formProof)
            content["user"] = .group([
                "name": .text(caller.user.name.text), "role": .text(caller.role.rawValue),
                "proof": .text(caller.formProof),
            ])
        }
        guard let text = library.render(Value.group(content).plain, withTemplate: name) else {
            throw Fault(.bug, "there is no page '\(name)'")
        }
        var reply = Reply(status, "text/html; charset=utf-8", text)
        reply.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
            + "base-uri 'none'; frame-ancestors 'none'"
        return reply
    }

    /// What a template may be given.
    enum Value {
        case text(String)
        case flag(Bool)
        case list([[String: Value]])
        case group([String: Value])

        fileprivate var plain: Any {
            switch self {
            case .text(let text): Page.escaped(text)
            case .flag(let flag): flag
            case .list(let members): members.map { $0.mapValues(\.plain) }
            case .group(let members): members.mapValues(\.plain)
            }
        }

        /// Nothing for nil: a section of that name is left out.
        static func maybe(_ text: String?) -> Value { text.map { .text($0) } ?? .flag(false) }
    }

    /// HTML of a text, for content and quoted attributes, with everything written out that hides or turns letters.
    static func escaped(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": shown += "&lt;"
            case ">": shown += "&gt;"
            case "&": shown += "&amp;"
            case "\"": shown += "&quot;"
            case "'": shown += "&#39;"
            case "\n": shown += "\n"
            default:
                if let name = scalar.escaped { shown += name } else { shown.unicodeScalars.append(scalar) }
            }
        }
        return shown
    }

    static let style = PackageResources.style_css

    private static let library = MustacheLibrary(
        templates: [
            "head": PackageResources.head_mustache, "foot": PackageResources.foot_mustache,
            "run-table": PackageResources.run_table_mustache,
            "sign-in": PackageResources.sign_in_mustache, "runs": PackageResources.runs_mustache,
            "run": PackageResources.run_mustache, "log": PackageResources.log_mustache,
            "queue": PackageResources.queue_mustache, "models": PackageResources.models_mustache,
            "events": PackageResources.events_mustache, "why": PackageResources.why_mustache,
            "projects": PackageResources.projects_mustache, "outbox": PackageResources.outbox_mustache,
            "problem": PackageResources.problem_mustache,
        ].mapValues(builtIn))

    /// A built-in template that cannot be read fails every test, so it never leaves the house.
    private static func builtIn(_ bytes: [UInt8]) -> MustacheTemplate {
        do {
            return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + String(decoding: bytes, as: UTF8.self))
        } catch {
            preconditionFailure("a built-in page cannot be read: \(error)")
        }
    }
}
