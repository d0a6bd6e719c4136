import Domain
import Foundation
import HTTPTypes

/// Why a request is not answered as it was meant (RFC 9457), with what to do about it.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    /// One sentence: what was wrong.
    var detail: String
    var advice: String?
    var headers: HTTPFields = [:]
    /// True: what is left of the request is not read.
    var closes = false

    init(_ status: HTTPResponse.Status, _ detail: String, advice: String? = nil) {
        self.status = status
        self.detail = detail
        self.advice = advice
    }

    static func notFound(_ what: String) -> Problem { Problem(.notFound, what) }
    static func invalid(_ what: String, advice: String? = nil) -> Problem { Problem(.badRequest, what, advice: advice) }

    /// 503, with the seconds after which it is worth asking again.
    static func busy(_ what: String, seconds: Int = 5) -> Problem {
        var problem = Problem(.serviceUnavailable, what, advice: "ask again in \(seconds) seconds")
        problem.headers[.retryAfter] = String(seconds)
        return problem
    }

    /// What an error of ours means to somebody outside.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let fault as Fault:
            switch fault.kind {
            case .input: self.init(.conflict, fault.message, advice: fault.advice)
            case .environment: self = .busy(fault.message)
            case .bug: self.init(.internalServerError, "this is a mistake of Sluice's own; its log has it")
            }
        default: self.init(.internalServerError, "this is a mistake of Sluice's own; its log has it")
        }
    }

    private struct View: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let detail: String
        let advice: String?
    }

    /// As `application/problem+json`.
    var reply: Reply {
        let view = View(title: status.reasonPhrase, status: status.code, detail: detail, advice: advice)
        var reply = Reply(status, "application/problem+json", JSONText.data(of: view))
        reply.headers.append(contentsOf: headers)
        reply.closes = closes
        return reply
    }
}
