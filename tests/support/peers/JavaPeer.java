// A client or a server on Java's own TLS, for tests: JavaPeer client|server VERSION CA-FILE CERT-FILE KEY-FILE [PORT CONNECTIONS]
// Each connection carries one line there and one back, in capital letters.
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public class JavaPeer {
    private static final char[] NO_PASSWORD = new char[0];

    public static void main(String[] arguments) throws Exception {
        String version = arguments[1];
        SSLContext context = makeContext(arguments[2], arguments[3], arguments[4]);
        try {
            if (arguments[0].equals("server")) serve(context, version);
            else connect(context, version, Integer.parseInt(arguments[5]), Integer.parseInt(arguments[6]));
        } catch (Exception error) {
            System.out.println("failed " + error);
            System.exit(1);
        }
    }

    private static void serve(SSLContext context, String version) throws Exception {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 5, loopback);
        listener.setEnabledProtocols(new String[] {version});
        listener.setWantClientAuth(true);
        System.out.println("port " + listener.getLocalPort());
        for (;;) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                String line = readLine(socket);
                report(socket.getSession());
                sendLine(socket, line.toUpperCase());
                System.out.println("end " + readLine(socket));
            }
        }
    }

    private static void connect(SSLContext context, String version, int port, int connections) throws Exception {
        for (int index = 0; index < connections; index++) {
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                parameters.setProtocols(new String[] {version});
                socket.setSSLParameters(parameters);
                sendLine(socket, "from java");
                System.out.println("got " + readLine(socket));
                report(socket.getSession());
            }
        }
    }

    private static void report(SSLSession session) throws Exception {
        String peer = "nobody";
        try {
            peer = ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
        } catch (javax.net.ssl.SSLPeerUnverifiedException error) {
            // A client need not have a certificate.
        }
        System.out.println("session " + session.getProtocol() + " " + session.getCipherSuite() + " " + peer);
    }

    private static String readLine(SSLSocket socket) throws Exception {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private static void sendLine(SSLSocket socket, String line) throws Exception {
        OutputStream stream = socket.getOutputStream();
        stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        stream.flush();
    }

    private static SSLContext makeContext(String authorities, String chain, String key) throws Exception {
        KeyStore trusted = emptyStore();
        for (Certificate certificate : readCertificates(authorities)) trusted.setCertificateEntry("authority", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore own = emptyStore();
        own.setKeyEntry("own", readKey(key), NO_PASSWORD, readCertificates(chain));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate[] readCertificates(String path) throws Exception {
        try (FileInputStream file = new FileInputStream(path)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(file).toArray(new Certificate[0]);
        }
    }

    private static PrivateKey readKey(String path) throws Exception {
        String text = Files.readString(Path.of(path)).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
        for (String algorithm : new String[] {"EC", "RSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (java.security.spec.InvalidKeySpecException error) {
                // The other one, then.
            }
        }
        throw new IllegalArgumentException("Neither an EC nor an RSA key: " + path);
    }
}
