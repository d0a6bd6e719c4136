/// The one package that reads images, pinned. To move to a newer version, write its hashes here with
/// `uv pip compile --generate-hashes`.
enum PillowLock {
    static let version = "12.3.0"
    /// Versions of Python that it has wheels for, the newest first.
    static let pythons = ["3.14", "3.13", "3.12", "3.11", "3.10"]

    /// In pip's format; the wheels for Linux, of which uv takes the one that fits.
    static let text = "pillow==\(version)" + hashes.map { " \\\n    --hash=sha256:\($0)" }.joined() + "\n"

    private static let hashes = [
        "5594fc43d548a7ed94949d139aa1341b270f1863f11cfd37f5a6c8b778a6b67f",
        "f0606c8bf2cdefea14a43530f7657cbbb7ecf1c4222512492ef4a4434a9501ec",
        "85f998ea1848bc6757289e739cfbdda3a04adfd58b02fc018ce54d754a5ce468",
        "25b9b82bb22e6e2b3cd07b39c68b7b862001226cb3dff7130d1cb914121b39ed",
        "bcb46e2f9feff8d06323983bd83ed00c201fdcab3d74973e7072a889b3979fcd",
        "23d27a3e0307ec2244cc51e7287b919aa68d097504ebe19df4e76a98a3eea5bd",
        "4f883547d4b7f0495ebe7056b0cc2aea76094e7a4abc8e933540f3271df27d9c",
        "236ff70b9312fb68943c703aa842ca6a758abfa45ac187a5e7c1452e96ef72b5",
        "d9c7f76c0673154f044e9d78c8655fb4213f6ca31a836df48b40fe5d187717b9",
        "78cb2c6865a35ab8ff8b75fd122f6033b92a62c82801110e48ddd6c936a45d91",
        "e491916b378fba47242221bb9ead245211b70d504f495d105d17b14a24b4907c",
        "0dd2064cbc55aaec028ef5fbb60fa47bb6c3e7918e07ff17935284b227a9d2df",
        "f7401aebd7f581d7f83a439d87d474999317ee099218e5ad25d125290990ba65",
        "0847a763afefb695bc912d7c131e7e0632d4edc1d8698f58ddabec8e46b8b6d3",
        "571b9fcb07b97ef3a492028fb3d2dc0993ca23a06138b0315286566d29ef718a",
        "756c768d0c9c2955feb7a56c37ea24aea2e369f8d36a88da270b6a9f19e62b5e",
        "e9aeb04d6aef139de265b29683e119b638208f88cf73cdd1658aa07221165321",
        "251bf95b67017e27b13d82f5b326234ca62d70f9cf4c2b9032de2358a3b12c7b",
        "fe3cca2e4e8a592be0f269a1ca4835c25199d9f3ce815c8491048f785b0a0198",
        "23aceaa007d6172b02c277f0cd359c79492bbb14f7072b4ede9fbcaf20648130",
    ]
}
