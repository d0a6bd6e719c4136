import Documents
import Domain
import Forges
import Foundation
import Host
import Policies
import Service
import Settings
import SystemPackage
import Wire

/// From `server.yaml` to what a server works with: settings, secrets, clients of forges, readers of webhooks.
///
/// The one place where these are put together; what is made is a value that replaces the one before it as a whole.
struct Wiring: Sendable {
    /// As the operator wrote it.
    let name: String
    let variables: [String: String]

    /// Everything that the file says, made ready. Throws a fault of kind `.input` with every mistake found.
    func live() async throws(Fault) -> Configuration.Live {
        let (read, secrets) = try await Blocking.run { () throws(Fault) in try settings() }
        var forges: [ForgeName: any Forge] = [:]
        var webhooks: [ForgeName: Webhook] = [:]
        for (name, forge) in read.settings.forges.sorted(by: { $0.key < $1.key }) {
            forges[name] = try client(forge, secrets, name)
            guard let webhook = Webhook(kind: forge.kind, secrets: forge.webhookSecrets.compactMap { secrets[$0] })
            else { throw Fault(.bug, "the webhook secrets of '\(name)' were not read") }
            webhooks[name] = webhook
        }
        return Configuration.Live(
            settings: read.settings, forges: forges, webhooks: webhooks, secrets: masked(read.settings, secrets),
            file: path)
    }

    /// Where the file lies.
    private var path: FilePath { FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(name)) }

    /// What the file says, without its secrets, which only the server has to read.
    func settingsOnly() async throws(Fault) -> ServerSettings {
        try await Blocking.run { () throws(Fault) in try file().settings }
    }

    /// Reads and checks the file, and the secrets that it asks for. Blocks.
    private func settings() throws(Fault) -> (SettingsFile, Secrets) {
        let read = try file()
        do throws(Complaints) {
            return (read, try Secrets.resolve(read, variables: variables))
        } catch {
            throw error.fault
        }
    }

    private func file() throws(Fault) -> SettingsFile {
        let path = path
        let bytes = try Files.readSmall(path, limit: 1 << 20)
        do throws(Complaints) {
            return try SettingsFile.read(bytes, file: name, at: path) {
                (list: Document.Node, file: String, place: String) throws(Complaints) in
                try PolicyFile.gates(list, file: file, path: place)
            }
        } catch {
            throw error.fault
        }
    }

    private func client(_ forge: ForgeSettings, _ secrets: Secrets, _ name: ForgeName) throws(Fault) -> any Forge {
        let credentials: ForgeParts.Credentials
        switch forge.credentials {
        case .token(let place): credentials = .token(secrets[place] ?? "")
        case .app(let id, let key): credentials = .app(id: id, key: secrets[key] ?? "")
        }
        let parts = ForgeParts(kind: forge.kind, api: forge.api, clone: forge.clone, credentials: credentials)
        do throws(Fault) {
            let wire = try Wire.live(agent: "sluice/\(Version.text)", authority: forge.authority?.string)
            return try makeForge(parts, wire: wire)
        } catch {
            throw Fault(error.kind, "forges.\(name): \(error.message)", advice: error.advice)
        }
    }

    /// What is masked wherever something is said: secrets of the server, and those that policies may ask for by name.
    private func masked(_ settings: ServerSettings, _ secrets: Secrets) -> [String] {
        let named = settings.projects.values.flatMap(\.secrets).compactMap { variables[$0] }
        return Set(secrets.all + named.filter { !$0.isEmpty }).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }
}
