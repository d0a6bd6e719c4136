import CLinux
import SystemPackage

/// On which file systems the kernel tells of all changes: on network file systems it tells only of those that were made
/// on this machine.
enum FileSystemKind {
    /// The name of the file system if changes there must be looked for; nil if the kernel tells. Blocks.
    static func blind(at path: FilePath) -> String? { blind[clinux_file_system(path.string)] }

    // The numbers are those of the kernel's and the vendors' headers.
    private static let blind: [UInt: String] = [
        0x6969: "NFS",
        0x517B: "SMB",
        0xFF53_4D42: "CIFS",
        0xFE53_4D42: "SMB",
        0x6573_5546: "FUSE",
        0x0102_1997: "9p",
        0x00C3_6400: "Ceph",
        0x0BD0_0BD0: "Lustre",
        0x4750_4653: "GPFS",
        0x1983_0326: "BeeGFS",
        0xAAD7_AAEA: "PanFS",
        0x2003_0528: "OrangeFS",
        0x0116_1970: "GFS2",
        0x7461_636F: "OCFS2",
        0x5346_414F: "AFS",
        0x6B41_4653: "AFS",
        0x7375_7245: "Coda",
        0x786F_4256: "VirtualBox",
        0xBACB_ACBC: "VMware",
    ]
}
