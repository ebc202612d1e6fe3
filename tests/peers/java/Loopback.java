import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;

/** DynamoDB Local in memory on the loopback address: its own main class listens on every address of the machine. */
class Loopback {
    public static void main(String[] arguments) throws Exception {
        var tables = new LocalDynamoDBRequestHandler(0, true, null, true, false);
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        var server = new Server(address);
        server.setHandler(new ContextHandler(new LocalDynamoDBServerHandler(tables, "*"), "/"));
        server.start();
        server.join();
    }
}
