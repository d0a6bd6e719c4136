package import Domain
import Foundation
import Host
import SystemPackage

/// S3-compatible storage, spoken to by the program `rclone`.
///
/// Configured by the variables that everything else for S3 reads: `AWS_ENDPOINT_URL` (or `AWS_ENDPOINT_URL_S3`),
/// `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, or the files and roles that AWS's own
/// programs look for. Keys are never in an argument.
package struct ObjectStorage: Sendable {
    private let rclone: Tool
    private let variables: [String: String]

    /// Looks for `rclone`; `.environment` if it is not there.
    ///
    /// - Parameter environment: wins over this process's own variables.
    package init(environment: [String: String] = [:]) throws(Fault) {
        rclone = try Tool.find("rclone", advice: "Install it, for example with: apt install rclone")
        variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }

    /// All objects below the prefix, as they are now.
    func findings(bucket: String, prefix: String) async throws(Fault) -> DropScan.Findings {
        let folder = prefix.split(separator: "/").joined(separator: "/")
        let listing = try await list(bucket + (folder.isEmpty ? "" : "/" + folder))
        var findings = DropScan.Findings()
        for object in listing {
            let name = RawName(object.path)
            let key = folder.isEmpty ? object.path : folder + "/" + object.path
            if DropNames.isIgnored(name) { continue }
            if let marker = MarkerSighting(name: name, written: object.written) {
                findings.markers.append(marker)
            } else {
                findings.sightings.append(object.sighting(name, key: key))
            }
        }
        return findings
    }

    /// The object as it is now; nil if it is gone.
    func now(_ file: DropFile, bucket: String) async throws(Fault) -> DropFile? {
        guard case .key(let key) = file.location else { throw Self.notAnObject(file) }
        do throws(Fault) {
            // The listing of one object is that object.
            let found = try await list(bucket + "/" + key)
            // Where the object is gone, what lies below its key as a folder is listed.
            guard let object = found.first(where: { key == $0.path || key.hasSuffix("/" + $0.path) }), found.count == 1
            else { return nil }
            return DropFile(name: file.name, location: file.location, size: object.size, stamp: object.stamp)
        } catch  where error == Self.missing(bucket + "/" + key) {
            return nil
        }
    }

    /// Writes the object's bytes to a path at which nothing is.
    func copy(_ file: DropFile, bucket: String, to path: FilePath) async throws(Fault) {
        guard case .key(let key) = file.location else { throw Self.notAnObject(file) }
        _ = try await run(
            ["copyto", "--s3-no-check-bucket", Self.remote(bucket + "/" + key), path.string], at: bucket + "/" + key,
            deadline: .seconds(6 * 3600), outputLimit: 1 << 20)
    }

    private func list(_ place: String) async throws(Fault) -> [ListedObject] {
        let output = try await run(
            [
                "lsjson", "--recursive", "--files-only", "--fast-list", "--no-mimetype", "--use-server-modtime",
                Self.remote(place),
            ], at: place, deadline: .seconds(1800), outputLimit: Self.mostBytesListed)
        var objects: [ListedObject] = []
        // One object a line, so that one is decoded at a time.
        for line in output.utf8.split(separator: UInt8(ascii: "\n")) where line.first == UInt8(ascii: "{") {
            let text = line.last == UInt8(ascii: ",") ? line.dropLast() : line
            guard let object = try? JSONDecoder().decode(ListedObject.self, from: Data(text)) else {
                throw Fault(.bug, "could not read what rclone lists of \(place): \(String(Substring(text)).shown())")
            }
            objects.append(object)
        }
        return objects
    }

    private static let mostBytesListed = 256 << 20

    private func run(
        _ arguments: [String], at place: String, deadline: Duration, outputLimit: Int
    ) async throws(Fault) -> String {
        let common = [
            "--config", "", "--ask-password=false", "--retries", "2", "--low-level-retries", "3", "--contimeout",
            "20s", "--timeout", "60s", "--log-level", "ERROR",
        ]
        // rclone cannot take this one from the environment.
        let authority = variables["AWS_CA_BUNDLE"].map { ["--ca-cert", $0] } ?? []
        let outcome = try await rclone.run(
            arguments + common + authority, environment: settings, deadline: deadline, outputLimit: outputLimit)
        guard outcome.status == 0 else { throw fault(outcome, place) }
        return outcome.output
    }

    private var settings: [String: String?] {
        var settings: [String: String?] = variables.mapValues { $0 }
        let endpoint = variables["AWS_ENDPOINT_URL_S3"] ?? variables["AWS_ENDPOINT_URL"]
        settings["RCLONE_S3_ENV_AUTH"] = "true"
        settings["RCLONE_S3_PROVIDER"] = variables["RCLONE_S3_PROVIDER"] ?? (endpoint == nil ? "AWS" : "Other")
        if let endpoint { settings["RCLONE_S3_ENDPOINT"] = endpoint }
        if let region = variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"] {
            settings["RCLONE_S3_REGION"] = region
        }
        settings["AWS_CA_BUNDLE"] = String?.none
        // Times are then told in it.
        settings["TZ"] = "UTC"
        return settings
    }

    private static func remote(_ place: String) -> String { ":s3:" + place }

    private func fault(_ outcome: Tool.Outcome, _ place: String) -> Fault {
        var said = Self.complaint(in: outcome.errors) ?? "rclone ended with status \(outcome.status)"
        if said.contains("directory not found") || said.contains("NoSuchBucket") { return Self.missing(place) }
        for name in ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"] {
            if let secret = variables[name], !secret.isEmpty { said = said.replacing(secret, with: "***") }
        }
        let refusals = [
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "403", "401", "InvalidClientTokenId",
        ]
        guard refusals.contains(where: said.contains) else {
            return Fault(.environment, "could not read s3://\(place): \(said.shown(limit: 500))")
        }
        return Fault(
            .input, "the storage refuses to show s3://\(place): \(said.shown(limit: 500))",
            advice: "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may list and read the bucket.")
    }

    /// The sentence with which rclone gave up, without its time and the name of its function.
    private static func complaint(in errors: String) -> String? {
        let lines = errors.split(separator: "\n")
        guard let line = lines.last(where: { $0.contains("Failed to ") }) ?? lines.last else { return nil }
        let sentence = line.drop { $0.isNumber || "/: ".contains($0) }
        return String(sentence.split(separator: ": ", maxSplits: 2).last ?? sentence)
    }

    private static func missing(_ place: String) -> Fault {
        Fault(
            .input, "there is nothing at s3://\(place)",
            advice: "Check the name of the bucket, AWS_ENDPOINT_URL and AWS_REGION.")
    }

    private static func notAnObject(_ file: DropFile) -> Fault {
        Fault(.bug, "'\(file.name)' of a bucket lies in a directory")
    }
}

/// An object as rclone lists it.
struct ListedObject: Decodable {
    let path: String
    let size: Int64
    /// `2026-07-31T12:00:00Z`, as the server said.
    let time: String

    enum CodingKeys: String, CodingKey {
        case path = "Path"
        case size = "Size"
        case time = "ModTime"
    }

    var stamp: String { "\(time)-\(size)" }

    /// In nanoseconds, of whole seconds: the server tells no more.
    var written: Int64 {
        let numbers = time.prefix(19).split { !$0.isNumber }.compactMap { Int32($0) }
        guard numbers.count == 6 else { return 0 }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] &- 1900, numbers[1] &- 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        return Int64(timegm(&parts)).multipliedReportingOverflow(by: 1_000_000_000).partialValue
    }

    /// rclone writes other letters for what no file could be called.
    private var disguise: String? {
        if path.unicodeScalars.contains(where: { ("\u{2400}"..."\u{2421}").contains($0) }) {
            return "has control characters in its name"
        }
        let dots = path.split(separator: "/").contains { $0 == "\u{FF0E}" || $0 == "\u{FF0E}\u{FF0E}" }
        return dots ? "has a name that a dataset cannot hold" : nil
    }

    func sighting(_ name: RawName, key: String) -> Sighting {
        let reason = disguise ?? DropNames.refusal(of: name)
        let thing: Sighting.Thing
        if reason == nil, let place = TreePath(path) {
            thing = .file(DropFile(name: place, location: .key(key), size: size, stamp: stamp))
        } else {
            thing = .refusal(
                DropRefusal(
                    name: name.shown, location: .key(key), stamp: stamp,
                    reason: reason ?? "has a name that a dataset cannot hold"))
        }
        return Sighting(name: name, thing: thing, written: written)
    }
}
