import Domain
import Foundation
import Host
import SystemPackage

/// Lets a test of a debug build move the process's clock while it works: `SLUICE_TEST_CLOCK` names a file that holds the
/// seconds that the clock is ahead of the machine's.
enum TestClock {
    static func fromEnvironment(_ variables: [String: String]) -> @Sendable () -> Date {
        #if DEBUG
            if let name = variables["SLUICE_TEST_CLOCK"], !name.isEmpty {
                let file = FilePath(name)
                return {
                    let text = (try? Files.readSmall(file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                    return Date().addingTimeInterval(Double(text) ?? 0)
                }
            }
        #endif
        return { Date() }
    }
}
