package import Domain
import Foundation
import Host

/// S3-compatible storage, spoken to by the program `rclone`.
///
/// Configured by the variables that everything else for S3 reads: `AWS_ENDPOINT_URL` (or `AWS_ENDPOINT_URL_S3`),
/// `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, or the files and roles that AWS's own
/// programs look for. Keys are never in an argument.
package struct ObjectStorage: Sendable {
    let rclone: Tool
    let environment: [String: String]

    /// Looks for `rclone`; `.environment` if it is not there.
    ///
    /// - Parameter environment: wins over this process's own variables.
    package init(environment: [String: String] = [:]) throws(Fault) {
        rclone = try Tool.find("rclone", advice: "Install it, for example with: apt install rclone")
        self.environment = environment
    }
}
