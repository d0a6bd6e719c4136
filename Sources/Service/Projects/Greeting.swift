package import Domain
import Forges
import Settings

extension Configuration.Live {
    /// Asks every forge who the bot is, and in every project what it may do: what others may do is asked in the same way,
    /// and without an answer nobody can decide. Returns what would keep the server from its work, forge by forge.
    ///
    /// `.input`: the credentials will not do. `.environment`: it could not be asked now.
    package func greetForges() async -> [Fault] {
        var faults: [Fault] = []
        for (name, forge) in forges.sorted(by: { $0.key < $1.key }) {
            do throws(ForgeError) {
                let me = try await forge.whoAmI()
                for (project, settings) in settings.projects.sorted(by: { $0.key < $1.key }) {
                    guard case .forge(let host, let repository) = settings.source, host == name else { continue }
                    if let fault = await trouble(of: me, in: repository, on: forge, project) { faults.append(fault) }
                }
            } catch {
                faults.append(told(error, "the forge '\(name)' was asked who the bot is"))
            }
        }
        return faults
    }

    private func trouble(
        of me: ForgeUser, in repository: ForgeRepository, on forge: any Forge, _ project: ProjectName
    ) async -> Fault? {
        let question = "project '\(project)': what \(me.login) may do in \(repository) was asked"
        do throws(ForgeError) {
            let permission = try await forge.permission(of: me, in: repository)
            // An App's rights are its installation's, and not those of a collaborator.
            guard permission < .write, !forge.abilities.hasChecks else { return nil }
            return Fault(
                .input, "\(question): '\(permission.rawValue)', and it needs 'write'",
                advice: "docs/connect.md says what the bot's account and its token need")
        } catch {
            return told(error, question)
        }
    }

    private func told(_ error: ForgeError, _ question: String) -> Fault {
        let kind: Fault.Kind =
            switch error {
            case .unauthorized, .forbidden, .notFound, .refused: .input
            case .rateLimited, .unreachable, .conflict, .unreadable: .environment
            }
        return Fault(
            kind, "\(question): \(error.fault.message)",
            advice: kind == .input ? "docs/connect.md says what the bot's account and its token need" : nil)
    }
}
