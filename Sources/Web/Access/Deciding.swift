import Domain
import Engine
import Host
import Service
import Settings
import Storage

extension Site {
    /// A decision by somebody who was let in, under the operator's floor of now.
    func decide(
        _ answer: Decision.Answer, on run: RunID, by caller: Caller, _ way: Voice.Way
    ) async throws(Fault) -> Engine.Decided {
        let project = try await bot.engine.store.ticket(of: run)?.project
        let floor = project.flatMap { bot.configuration.now.settings.projects[$0] }?.floor
        let decided = try await bot.engine.decide(
            answer, on: run, voice: Voice(person: caller.user.name, way: way), standpoint: nil, floor: floor,
            progress: { _ in })
        bot.bells.publishing.ring()
        return decided
    }
}
