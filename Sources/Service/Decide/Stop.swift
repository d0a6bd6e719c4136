import Domain
import Forges
import Reports

/// Why a command goes no further.
enum Stop: Error {
    /// It could not be told, and may be later: the event stays, and is acted on again.
    case fault(Fault)
    /// As `fault`, and it may also stay so: a token that may not ask this, or to which the forge shows nothing, for one.
    /// Nobody waits for ever for that.
    case forbidden(Fault)
    case refused(DecisionRefusal)
    case answered(Outside.Reply)
    /// Nobody is answered.
    case ignored(String)

    /// What the forge said when it was asked. What may be over later stops everything until then; what will not be over
    /// is a no: nobody decides who is not known to be allowed to.
    init(_ error: ForgeError) {
        switch error {
        case .rateLimited, .unreachable, .unauthorized, .conflict, .unreadable: self = .fault(error.fault)
        case .forbidden, .notFound: self = .forbidden(error.fault)
        case .refused: self = .refused(.couldNotAsk(error.fault))
        }
    }

    /// Why a user of the server, who is answered at once, is refused. Throws a fault that is no refusal.
    func refusal() throws(Fault) -> DecisionRefusal {
        switch self {
        case .refused(let why): return why
        case .fault(let fault), .forbidden(let fault): return .couldNotAsk(fault)
        case .answered(.failed(let fault)): throw fault
        case .answered, .ignored: throw Fault(.bug, "a user of the server was answered as a comment is")
        }
    }

    /// A fault of ours: the user's input is answered, the rest is tried again.
    init(_ fault: Fault) {
        switch fault.kind {
        case .environment: self = .fault(fault)
        case .input, .bug: self = .answered(.failed(fault))
        }
    }
}

/// Asks the forge.
func asking<Value: Sendable>(
    _ work: () async throws(ForgeError) -> Value
) async throws(Stop) -> Value {
    do throws(ForgeError) {
        return try await work()
    } catch {
        throw Stop(error)
    }
}

/// Calls the store or the engine.
func trying<Value: Sendable>(
    _ work: () async throws(Fault) -> Value
) async throws(Stop) -> Value {
    do throws(Fault) {
        return try await work()
    } catch {
        throw Stop(error)
    }
}
