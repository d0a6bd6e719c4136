import Domain
import Foundation
import Testing

@testable import Environments

/// Names and versions out of locks, for the report's list of changes.
struct LockedPackagesTests {
    @Test func `pip's format gives names and versions, markers and hashes aside`() {
        let text = """
            # written by uv
            --index-url https://example.org/simple
            NumPy==2.1.0 \\
                --hash=sha256:aa
            uvicorn[standard]==0.30 ; python_version < "3.12"
            uvicorn==0.31 ; python_version >= "3.12"
            no-version
            """
        let found = LockedPackages.versions(Data(text.utf8), lock: TreePath("requirements.lock"))

        #expect(found == ["numpy": "2.1.0", "uvicorn": "0.30, 0.31"])
    }

    @Test func `a uv lock gives the packages and not what they depend on`() {
        let text = """
            version = 1
            [[package]]
            name = "numpy"
            version = "2.1.0"
            source = { registry = "https://example.org/simple" }
            dependencies = [
                { name = "other" },
            ]

            [[package]]
            name = "toy"
            source = { virtual = "." }

            [package.metadata]
            version = "9"
            """
        let found = LockedPackages.versions(Data(text.utf8), lock: TreePath("sub/uv.lock"))

        #expect(found == ["numpy": "2.1.0"])
    }
}
