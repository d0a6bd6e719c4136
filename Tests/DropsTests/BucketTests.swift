import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Drops

/// A storage that speaks S3 and checks its keys, in a process of its own.
private struct Storage {
    let settings: [String: String]
    private let server: Process
    private let questions: FileHandle
    private let answers: FileHandle

    static func with<Value>(_ body: (Storage, FilePath) async throws -> Value) async throws -> Value {
        try await withTemporaryFolder { folder in
            let uv = try Tool.find("uv", advice: "install uv")
            _ = try await uv.output(["venv", "-q", "--python", "3.11", "venv"], in: folder)
            _ = try await uv.output(
                ["pip", "install", "-q", "--python", "venv/bin/python", "moto[server]==5.2.5"], in: folder)
            let storage = try Storage(in: folder)
            defer { storage.server.terminate() }
            return try await body(storage, folder)
        }
    }

    private init(in folder: FilePath) throws {
        let script = folder.appending("server.py")
        try Files.writeDurably(Data(program.utf8), to: script)
        let (input, output) = (Pipe(), Pipe())
        server = Process()
        server.executableURL = URL(fileURLWithPath: folder.pushing("venv/bin/python").string)
        server.arguments = [script.string]
        server.standardInput = input
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        try server.run()
        (questions, answers) = (input.fileHandleForWriting, output.fileHandleForReading)
        let words = Self.line(from: answers).split(separator: " ").map(String.init)
        try #require(words.count == 3)
        settings = [
            "AWS_ENDPOINT_URL": words[0], "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": words[1],
            "AWS_SECRET_ACCESS_KEY": words[2],
        ]
    }

    private static func line(from handle: FileHandle) -> String {
        var bytes = Data()
        while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data([0x0A]) { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func put(_ key: String, _ text: String) throws { try ask(["put", key, text]) }
    func putMany(_ count: Int) throws { try ask(["many", String(count)]) }
    func delete(_ key: String) throws { try ask(["delete", key]) }

    private func ask(_ words: [String]) throws {
        try questions.write(contentsOf: try JSONEncoder().encode(words) + [0x0A])
        try #require(Self.line(from: answers) == "done")
    }

    /// The first three calls, which make the keys, are free; then every call is checked.
    private let program = """
        import json, os, sys
        os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
        import boto3
        from moto.server import ThreadedMotoServer
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        endpoint = "http://%s:%d" % server.get_host_and_port()
        place = {"endpoint_url": endpoint, "region_name": "eu-west-1"}
        iam = boto3.client("iam", aws_access_key_id="none", aws_secret_access_key="none", **place)
        iam.create_user(UserName="sender")
        key = iam.create_access_key(UserName="sender")["AccessKey"]
        allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        iam.put_user_policy(UserName="sender", PolicyName="all", PolicyDocument=json.dumps(allow))
        identity = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        s3 = boto3.client("s3", **identity, **place)
        s3.create_bucket(Bucket="drops", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        print(endpoint, key["AccessKeyId"], key["SecretAccessKey"], flush=True)
        for line in sys.stdin:
            words = json.loads(line)
            if words[0] == "put":
                s3.put_object(Bucket="drops", Key=words[1], Body=words[2].encode())
            if words[0] == "delete":
                s3.delete_object(Bucket="drops", Key=words[1])
            if words[0] == "many":
                for number in range(int(words[1])):
                    s3.put_object(Bucket="drops", Key="many/%05d.csv" % number, Body=b"x")
            print("done", flush=True)
        """
}

@Suite(.timeLimit(.minutes(15)))
struct BucketTests {
    private var rules: DropRules {
        var rules = DropRules(settle: 0.3)
        rules.listEvery = 0.5
        rules.pollEvery = 0.2
        return rules
    }

    private func watch(
        _ settings: [String: String], bucket: String = "drops", prefix: String = "in", _ caller: Caller
    ) throws -> DropWatch {
        DropWatch(
            place: .bucket(name: bucket, prefix: prefix), rules: rules,
            storage: try ObjectStorage(environment: settings),
            known: caller.known, notice: { caller.hear($0) })
    }

    @Test func `objects of a prefix are given, read and checked`() async throws {
        try await Storage.with { storage, folder in
            try storage.put("in/a b.csv", "first")
            try storage.put("in/deep/caf\u{E9}.csv", "x")
            try storage.put("in/.hidden", "x")
            try storage.put("in//double.csv", "x")
            try storage.put("in/../up.csv", "x")
            try storage.put("inside.csv", "not below the prefix")
            let caller = Caller()
            let watch = try watch(storage.settings, prefix: "/in/", caller)
            var batches = Batches(watch, caller)
            let batch = try await batches.next()
            #expect(batch.names == ["a b.csv", "deep/caf\u{E9}.csv"])
            #expect(batch.files.first?.location == .key("in/a b.csv"))
            #expect(Set(batch.refusals.map(\.reason)) == ["has a name that a dataset cannot hold"])
            #expect(batch.refusals.count == 2)

            let file = try #require(batch.files.first)
            let text = try await watch.reading(file, scratch: folder) { path throws(Fault) in
                String(decoding: try Files.readSmall(path), as: UTF8.self)
            }
            #expect(text == "first")
            #expect(try await watch.stable(file))

            try storage.put("in/a b.csv", "corrected")
            #expect(try await !watch.stable(file))
            let second = try await batches.next()
            #expect(second.names == ["a b.csv"] && second.refusals.isEmpty)
            try storage.delete("in/a b.csv")
            try storage.put("in/b.csv", "x")
            #expect(try await !watch.stable(try #require(second.files.first)))
            #expect(try await batches.next().names == ["b.csv"])

            try storage.putMany(1_200)
            let many = try self.watch(storage.settings, prefix: "many", caller)
            #expect(try await many.once().files.count == 1_200)
        }
    }

    @Test func `wrong keys, a missing bucket and a dead server are told apart, and no key is shown`() async throws {
        try await Storage.with { storage, _ in
            let caller = Caller()
            try storage.put("in/a.csv", "x")
            var wrong = storage.settings
            wrong["AWS_SECRET_ACCESS_KEY"] = "not-the-secret"
            let refused = try #require(await outcome { _ = try await watch(wrong, caller).once() })
            #expect(refused.kind == .input)
            #expect(refused.message.contains("refuses to show s3://drops/in: SignatureDoesNotMatch"))
            #expect(refused.advice?.contains("AWS_SECRET_ACCESS_KEY") == true)
            #expect(!refused.description.contains("not-the-secret"))

            let missing = try #require(
                await outcome { _ = try await watch(storage.settings, bucket: "none", caller).once() })
            #expect(missing.message == "there is nothing at s3://none/in")

            var dead = storage.settings
            dead["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
            let silent = try #require(await outcome { _ = try await watch(dead, caller).once() })
            #expect(silent.kind == .environment)

            // The watch goes on by itself.
            var batches = Batches(try watch(dead, caller), caller)
            await #expect(throws: Fault.self) { _ = try await batches.next() }
        }
    }

    @Test func `what rclone prints of an object is read, and no key in disguise is taken for a name`() throws {
        let line = #"{"Path":"a/1.csv","Name":"1.csv","Size":7,"ModTime":"2026-07-31T12:00:00.000000000Z"}"#
        let object = try JSONDecoder().decode(ListedObject.self, from: Data(line.utf8))
        #expect(object.written == 1_785_499_200_000_000_000)
        let odd = #"{"Path":"a\u240a.csv","Size":7,"ModTime":"2026-07-31T12:00:00Z"}"#
        let other = try JSONDecoder().decode(ListedObject.self, from: Data(odd.utf8))
        let sighting = other.sighting(RawName(other.path), key: other.path)
        guard case .refusal(let refusal) = sighting.thing else {
            Issue.record("it was not refused")
            return
        }
        #expect(refusal.reason == "has control characters in its name")
    }
}
