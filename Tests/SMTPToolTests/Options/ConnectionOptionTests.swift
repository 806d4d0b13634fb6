import Foundation
import SMTPTestServer
import Testing

@Suite("smtp: options of the connection", .timeLimit(.minutes(5)))
struct ConnectionOptionTests {
    private static let password = ["SMTP_PASSWORD": "pencil"]

    @Test("--hello is the name in EHLO", arguments: ["client.example.org", "[127.0.0.1]"])
    func hello(name: String) async throws {
        try await SMTPTestServer.withServer { server in
            let run = try await Tool.run(["verify", "ann", "--server", server.url(), "--hello", name])
            #expect(run.status == 0, "\(run.errors)")
            #expect(server.sessions.first?.commands.first == "EHLO \(name)")
        }
    }

    @Test("--hello refuses what is no name", arguments: ["", "two words", "a..b", "[1.2.3]", "x\r\nMAIL"])
    func unusableHello(name: String) async throws {
        let run = try await Tool.run(["check", "--server", "smtp://127.0.0.1:1", "--hello", name])
        #expect(run.status == 64, "\(run.errors)")
    }

    @Test("--source-address is where the connection comes from")
    func sourceAddress() async throws {
        let script = """
            import socket, subprocess, sys
            listener = socket.create_server(("127.0.0.1", 0))
            url = "smtp://127.0.0.1:%d?tls=none" % listener.getsockname()[1]
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            tool = subprocess.Popen([sys.argv[1], "check", "--server", url] + sys.argv[2:], **silent)
            connection, peer = listener.accept()
            connection.sendall(b"554 no\\r\\n")
            connection.recv(100)
            connection.close()
            print(peer[0], tool.wait())
            """
        #expect(try await Python.run(script, ["--source-address", "127.0.0.9"]) == "127.0.0.9 77\n")
    }

    @Test("--source-address that is not of this machine", arguments: ["192.0.2.1", "no address"])
    func unusableSourceAddress(address: String) async throws {
        try await SMTPTestServer.withServer { server in
            let run = try await Tool.run(["check", "--server", server.url(), "--source-address", address])
            #expect(run.status == (address == "192.0.2.1" ? 69 : 64), "\(run.errors)")
            #expect(server.sessions.isEmpty)
        }
    }

    @Test("--timeout ends the whole command", arguments: [nil, "EHLO"])
    func timeout(silentAt verb: String?) async throws {
        let stage = verb.map { SMTPTestServer.Stage.command($0) } ?? .connect
        try await SMTPTestServer.withServer(.init(script: [.on(stage, .stall)])) { server in
            let run = try await Tool.run(
                ["check", "--json", "--server", server.url(), "--timeout", "0.3"]
            )
            #expect(run.status == 69)
            #expect(run.errors.contains("the time of 0.3 s is over"))
            let report = try run.json()
            #expect((report["error"] as? String)?.hasPrefix("cancelled ") == true)
            #expect((report["greeting"] is NSNull) == (verb == nil))
        }
    }

    @Test("--timeout takes seconds above 0", arguments: ["0", "-1", "x", "1e9", "nan", "inf"])
    func unusableTimeout(value: String) async throws {
        let run = try await Tool.run(["check", "--server", "smtp://127.0.0.1:1", "--timeout=\(value)"])
        #expect(run.status == 64)
        #expect(run.errors.contains("--timeout"))
    }

    @Test("--auth says which mechanisms may be used, the preferred first")
    func mechanisms() async throws {
        let configuration = SMTPTestServer.Configuration(
            users: ["ann": "pencil"],
            mechanisms: ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN"]
        )
        for (option, mechanism) in [
            (nil, "SCRAM-SHA-256"), ("cram-md5", "CRAM-MD5"), ("LOGIN,CRAM-MD5,SCRAM-SHA-256", "CRAM-MD5"),
        ] as [(String?, String)] {
            try await SMTPTestServer.withServer(configuration) { server in
                let run = try await Tool.run(
                    ["check", "--server", server.url(), "--user", "ann"]
                        + (option.map { ["--auth", $0] } ?? []),
                    environment: Self.password
                )
                #expect(run.status == 0, "\(run.errors)")
                #expect(server.sessions.first?.authentication?.mechanism == mechanism)
            }
        }
    }

    @Test(
        "--auth without a name is a fault of the command line",
        arguments: ["", ",", "PLAIN,,LOGIN", "PLA IN"]
    )
    func unusableMechanisms(option: String) async throws {
        let run = try await Tool.run(["check", "--server", "smtp://127.0.0.1:1", "--auth", option])
        #expect(run.status == 64, "\(run.errors)")
    }

    @Test("--auth ANONYMOUS needs no user")
    func anonymous() async throws {
        let configuration = SMTPTestServer.Configuration(mechanisms: ["ANONYMOUS"])
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(["check", "--server", server.url(), "--auth", "anonymous"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(server.sessions.first?.authentication?.mechanism == "ANONYMOUS")
        }
    }

    @Test("--allow-plaintext-auth", arguments: [false, true])
    func plaintext(isAllowed: Bool) async throws {
        try await SMTPTestServer.withServer(.init(users: ["ann": "pencil"])) { server in
            let run = try await Tool.run(
                ["verify", "ann", "--server", server.url(), "--user", "ann"]
                    + (isAllowed ? ["--allow-plaintext-auth"] : []),
                environment: Self.password
            )
            #expect(run.status == (isAllowed ? 0 : 77), "\(run.errors)")
            #expect(server.sessions.first?.authenticatedUser == (isAllowed ? "ann" : nil))
            if !isAllowed { #expect(run.errors.contains("needs an encrypted connection")) }
        }
    }

    @Test(
        "--pipelining",
        arguments: ["disabled", "envelope", "transaction", "session", nil] as [String?]
    )
    func pipelining(level: String?) async throws {
        try await SMTPTestServer.withServer { server in
            let run = try await Tool.run(
                ["check", "--json", "--server", server.url()] + (level.map { ["--pipelining", $0] } ?? [])
            )
            let choice = try run.json()["pipelining"] as? [String: String]
            #expect(choice?["level"] == level ?? "session")
            #expect(choice?["reason"] == "configured")
        }
    }

    @Test("--pipelining refuses other words")
    func unusablePipelining() async throws {
        let run = try await Tool.run(["check", "--server", "smtp://127.0.0.1:1", "--pipelining", "all"])
        #expect(run.status == 64)
        #expect(run.errors.contains("disabled, envelope, transaction, session"))
    }

    @Test("--chunking is used where the server offers it", arguments: [true, false])
    func chunking(isOffered: Bool) async throws {
        try await SMTPTestServer.withServer(.init(extensions: isOffered ? ["CHUNKING"] : [])) { server in
            for option in [[], ["--chunking"]] {
                let run = try await Tool.run(["check", "--json", "--server", server.url()] + option)
                #expect(try run.json()["chunking"] as? Bool == (isOffered && !option.isEmpty))
            }
        }
    }
}
