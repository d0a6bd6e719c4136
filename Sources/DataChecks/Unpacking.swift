import Domain
import Host
import SystemPackage

/// Unpacks a file beside its link, within a limit: some small files unpack to more than any disk holds.
///
/// Also finds the damage that DuckDB does not see: it takes half a gzip file, and one with wrong sums, for a shorter
/// one.
struct Unpacking: Sendable {
    let packing: DataFormat.Packing
    /// Where the link to the packed file lies.
    let folder: FilePath

    /// Data of the real world shrinks to a hundredth at most.
    static let ratio: Int64 = 250
    static let floor: Int64 = 256 << 20

    /// Turns the link towards the unpacked file, or returns what is wrong, to follow "the file".
    func run(size: Int64) async throws(Fault) -> String? {
        let tool = try Tool.find(packing.rawValue, advice: "install \(packing.rawValue)")
        let (input, output) = (folder.appending(DataFile.linkName), folder.appending("unpacked"))
        let flag = folder.appending("damaged")
        let limit = max(Unpacking.floor, size.multipliedReportingOverflow(by: Unpacking.ratio).partialValue)
        let free = try await Blocking.run { () throws(Fault) in try Files.freeBytes(at: folder) } / 2
        let allowed = min(limit, free)
        // From its input, because gzip takes neither links nor names without its ending.
        let script = #"{ "$1" -dc < "$2" || : > "$3"; } | head -c "$4" > "$5""#
        _ = try await Tool(path: "/bin/sh", name: packing.rawValue).run(
            ["-c", script, "sh", tool.path.string, input.string, flag.string, String(allowed + 1), output.string],
            deadline: .seconds(1800))
        let (unpacked, isDamaged) = try await Blocking.run { () throws(Fault) in
            (Files.size(output) ?? 0, Files.exists(flag))
        }
        if unpacked > allowed {
            guard allowed == limit else {
                throw Fault(.environment, "there is no room to unpack the file", advice: "free some disk space")
            }
            return "unpacks to more than \(limit >> 20) MiB, over \(Unpacking.ratio) times its size"
        }
        if isDamaged {
            return "is a damaged \(packing.rawValue) file: it ends too early, or its checksum is wrong"
        }
        try await Blocking.run { () throws(Fault) in _ = try DataFile.link(output, in: folder) }
        return unpacked == 0 ? "is empty once unpacked" : nil
    }
}
